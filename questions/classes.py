"""Who can be shown what: answers in classes that conditions can tell apart, and conditions over all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, combinations, pairwise, product
from random import Random
from typing import NamedTuple

from questions.conditions import And, Comparison, Condition, Not, Or, Selected, leaves
from questions.definition import SPECIAL, Answer, Page, Question, QuestionSet
from questions.routing import holds

FALSE, TRUE = 0, 1
MANY_CODES = 6  # of a question with many answers: more than these are told apart one by one
ENOUGH, FEWEST = 3000, 50  # combinations of answers that are walked, over how many questions they decide
LARGE = 24


def classes(question: Question, looks: Sequence[Comparison | Selected]) -> tuple[Answer, ...]:
    """One answer for each class that these comparisons can tell apart; None is no answer.

    >>> from questions import Text
    >>> age = Question("age", "number", Text("How old are you?"), low=8, high=25)
    >>> classes(age, [Comparison("age", "<", 16)])
    (None, 8)
    """
    found: list[Answer] = [] if question.required else [None]
    if question.kind == "many":
        found += _subsets(question, [look.code for look in looks if isinstance(look, Selected)])
    elif question.kind == "number":
        found += [*_numbers(question, [look.value for look in looks if isinstance(look, Comparison)])]
        found += [code for code in SPECIAL if question.has(code)]
    elif question.kind == "text":
        found += dict.fromkeys(
            [*(str(look.value) for look in looks if isinstance(look, Comparison)), "other words"]
        )
    else:
        found += question.codes
    return _apart(found, question, looks)


def _apart(
    found: Sequence[Answer], question: Question, looks: Sequence[Comparison | Selected]
) -> tuple[Answer, ...]:
    """The first answer of each class."""
    kept: dict[tuple[bool, ...], Answer] = {}
    for answer in found:
        kept.setdefault(tuple(holds(look, {question.key: answer}) for look in looks), answer)
    return tuple(kept.values())


def _subsets(question: Question, codes: Sequence[str]) -> Iterator[list[str]]:
    """The answers of many codes that may be given, of those that matter."""
    listed = list(dict.fromkeys(codes))[:MANY_CODES]
    other = next(
        (code for code in question.codes if code not in listed and code not in question.exclusive), None
    )
    for some in chain.from_iterable(combinations(listed, size) for size in range(len(listed) + 1)):
        alone = len(some) == 1 or not question.exclusive.intersection(some)
        few = question.at_most is None or len(some) <= question.at_most
        if some and alone and few:
            yield list(some)
    if other is not None:
        yield [other]


def _numbers(question: Question, values: Sequence[str | float]) -> Iterator[int | float]:
    """Numbers at, and on both sides of, each that a condition names; within the question's limits."""
    marks = sorted({float(value) for value in values if not isinstance(value, str)})
    step = 0.5 if question.decimals else 1
    ends = [end for end in (question.low, question.high) if end is not None]
    tried = sorted({*ends, *(mark + move for mark in marks for move in (-step, 0, step)), *_between(marks)})
    for number in tried or [1.0]:
        low, high = question.low, question.high
        inside = (low is None or number >= low) and (high is None or number <= high)
        if inside and (question.decimals or number == int(number)):
            yield number if question.decimals and number != int(number) else int(number)


def _between(marks: Sequence[float]) -> Iterator[float]:
    for one, other in pairwise(marks):
        yield (one + other) / 2


class Node(NamedTuple):
    """Where a question's class decides: what follows for each of its classes."""

    question: int
    branches: tuple[int, ...]


class Diagrams:
    """Conditions as decision diagrams over the classes of the questions that they look at (Bryant 1986).

    The same condition is always the same number, whatever it is written like: FALSE never holds, TRUE always does.
    Whether a question is shown, where that takes more than some dozen decisions, stands as one decision of its own
    (an even number): then a condition that never holds may be missed, and none that can hold is called so.
    """

    def __init__(self, question_set: QuestionSet) -> None:
        looked: dict[str, list[Comparison | Selected]] = {}
        for condition in conditions(question_set):
            for leaf in leaves(condition):
                looked.setdefault(leaf.question, []).append(leaf)
        asked = enumerate(question_set.questions)
        self.order = {one.key: 2 * at + 1 for at, one in asked if one.key in looked}
        self.keys = {at: key for key, at in self.order.items()}
        self.classes = {key: classes(question_set.question(key), looked[key]) for key in self.order}
        self.nodes: list[Node] = [Node(10**9, ()), Node(10**9, ())]
        self._place: dict[Node, int] = {}
        self._done: dict[tuple[int, int, bool], int] = {}
        self.shown: dict[str, int] = {}
        self.conditions: dict[str, int] = {}
        for page in question_set.pages:
            self._page(page)

    def _page(self, page: Page) -> None:
        """Who is shown each question of a page."""
        whole = TRUE if page.show_if is None else self.of(page.show_if)
        self.conditions[f"page {page.key}"] = whole
        own = {one.key: TRUE if one.show_if is None else self.of(one.show_if) for one in page.questions}
        self.conditions |= own
        self.shown |= {key: self.both(whole, condition) for key, condition in own.items()}

    def of(self, condition: Condition) -> int:
        """The diagram of a condition: an answer that is not on the path counts for nothing."""
        match condition:
            case Comparison(key) | Selected(key):
                told = tuple(int(holds(condition, {key: answer})) for answer in self.classes[key])
                return self.both(self._asked(key), self.node(self.order[key], told))
            case Not(inner):
                return self.unless(self.of(inner))
            case And(parts):
                found = TRUE
                for part in parts:
                    found = self.both(found, self.of(part))
                return found
            case Or(parts):
                missed = TRUE
                for part in parts:
                    missed = self.both(missed, self.unless(self.of(part)))
                return self.unless(missed)

    def _asked(self, key: str) -> int:
        """Whether a question is shown, for those after it."""
        shown = self.shown[key]
        if self.size(shown) <= LARGE:
            return shown
        return self.node(self.order[key] - 1, (FALSE, TRUE))

    def size(self, one: int) -> int:
        """How many decisions a diagram has, as far as that matters."""
        seen, waiting = {FALSE, TRUE}, [one]
        while waiting and len(seen) <= LARGE + 2:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                waiting += self.nodes[at].branches
        return len(seen) - 2

    def _classes(self, question: int) -> int:
        return len(self.classes[self.keys[question]]) if question % 2 else 2

    def node(self, question: int, branches: tuple[int, ...]) -> int:
        if len(set(branches)) == 1:
            return branches[0]
        made = Node(question, branches)
        if made not in self._place:
            self._place[made] = len(self.nodes)
            self.nodes.append(made)
        return self._place[made]

    def both(self, one: int, other: int) -> int:
        """One and the other."""
        if FALSE in (one, other):
            return FALSE
        if TRUE in (one, other) or one == other:
            return max(one, other) if TRUE in (one, other) else one
        key = (min(one, other), max(one, other), True)
        if key not in self._done:
            a, b = self.nodes[one], self.nodes[other]
            first = min(a.question, b.question)
            size = self._classes(first)
            left = a.branches if a.question == first else (one,) * size
            right = b.branches if b.question == first else (other,) * size
            self._done[key] = self.node(first, tuple(map(self.both, left, right)))
        return self._done[key]

    def unless(self, one: int) -> int:
        """Not one."""
        if one in (FALSE, TRUE):
            return 1 - one
        key = (one, one, False)
        if key not in self._done:
            node = self.nodes[one]
            self._done[key] = self.node(node.question, tuple(map(self.unless, node.branches)))
        return self._done[key]

    def walk(self, keys: Sequence[str], given: Mapping[int, int]) -> list[bool]:
        """Which of these questions (in their order) are shown, given the class of each question that decides."""
        known: dict[str, bool] = {}
        for key in keys:
            known[key] = self._holds(self.shown[key], given, known)
        return [known[key] for key in keys]

    def _holds(self, one: int, given: Mapping[int, int], known: dict[str, bool]) -> bool:
        nodes = self.nodes
        while one > TRUE:
            question, branches = nodes[one]
            if question % 2:
                one = branches[given[question]]
            else:
                key = self.keys[question + 1]
                if key not in known:
                    known[key] = self._holds(self.shown[key], given, known)
                one = branches[known[key]]
        return one == TRUE

    def looks_at(self, one: int) -> frozenset[int]:
        """The questions that a diagram depends on."""
        seen, found, waiting = {FALSE, TRUE}, set(), [one]
        while waiting:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                question, branches = self.nodes[at]
                waiting += branches
                if question % 2:
                    found.add(question)
                else:
                    waiting.append(self.shown[self.keys[question + 1]])
        return frozenset(found)

    def example(self, one: int) -> dict[str, Answer]:
        """Answers with which a diagram holds; of one that always does, or never, none."""
        found: dict[str, Answer] = {}
        while one not in (FALSE, TRUE):
            node = self.nodes[one]
            at = next(at for at, branch in enumerate(node.branches) if branch != FALSE)
            if node.question % 2:
                key = self.keys[node.question]
                found[key] = self.classes[key][at]
            one = node.branches[at]
        return found


def conditions(question_set: QuestionSet) -> Iterator[Condition]:
    """Every condition of a set."""
    for page in question_set.pages:
        if page.show_if is not None:
            yield page.show_if
        for question in page.questions:
            if question.show_if is not None:
                yield question.show_if


def lengths(diagrams: Diagrams, weights: Mapping[str, float]) -> dict[float, float]:
    """How much of a set people see: each sum of the weights of what is shown, and its share of all classes of answers.

    Questions that hang together are gone through class by class; groups that do not are added up. Of a group with
    many combinations some are taken by lot, the same each time.
    """
    whole = {sum(weights[key] for key, one in diagrams.shown.items() if one == TRUE): 1.0}
    for group in _groups(diagrams):
        whole = _added(whole, _group_lengths(diagrams, group, weights))
    return whole


def _groups(diagrams: Diagrams) -> list[list[str]]:
    """The questions with conditions, in groups that look at no question in common."""
    groups: list[tuple[set[int], list[str]]] = []
    for key, one in diagrams.shown.items():
        looks = set(diagrams.looks_at(one))
        if not looks:
            continue
        keys = [key]
        for group in [group for group in groups if group[0] & looks]:
            groups.remove(group)
            looks, keys = looks | group[0], [*group[1], *keys]
        groups.append((looks, keys))
    return [keys for _, keys in groups]


def _group_lengths(
    diagrams: Diagrams, keys: Sequence[str], weights: Mapping[str, float]
) -> dict[float, float]:
    looks = sorted(set().union(*(diagrams.looks_at(diagrams.shown[key]) for key in keys)))
    sizes = [len(diagrams.classes[diagrams.keys[at]]) for at in looks]

    def total(given: Sequence[int]) -> float:
        shown = diagrams.walk(keys, dict(zip(looks, given, strict=True)))
        return sum(weight for weight, one in zip(weighs, shown, strict=True) if one)

    weighs = [weights[key] for key in keys]
    tried = {given: total(given) for given in _some(sizes, max(ENOUGH // len(keys), FEWEST))}
    found: dict[float, float] = {}
    for length in tried.values():
        found[length] = found.get(length, 0.0) + 1 / len(tried)
    if len(tried) < _product(sizes):
        longest = max(tried.items(), key=lambda one: one[1])[0]
        found.setdefault(_longest(longest, sizes, total), 0.0)
    return found


def _some(sizes: Sequence[int], most: int) -> Iterator[tuple[int, ...]]:
    """Every combination of classes; or, where there are more than so many, that many by lot, the same each time."""
    if _product(sizes) <= most:
        yield from product(*map(range, sizes))
        return
    lot = Random(1)  # noqa: S311  nothing is kept secret by it
    for _ in range(most):
        yield tuple(lot.randrange(size) for size in sizes)


def _longest(given: Sequence[int], sizes: Sequence[int], total: Callable[[Sequence[int]], float]) -> float:
    """The longest that is found by changing one answer after the other, from the longest that is known."""
    best, now = total(given), list(given)
    for at, size in enumerate(sizes):
        for other in set(range(size)) - {now[at]}:
            tried = [*now[:at], other, *now[at + 1 :]]
            length = total(tried)
            if length > best:
                best, now = length, tried
    return best


def _product(sizes: Sequence[int]) -> int:
    whole = 1
    for size in sizes:
        whole *= size
    return whole


def _added(one: Mapping[float, float], other: Mapping[float, float]) -> dict[float, float]:
    found: dict[float, float] = {}
    for (a, share), (b, part) in product(one.items(), other.items()):
        found[round(a + b, 6)] = found.get(round(a + b, 6), 0.0) + share * part
    return found
