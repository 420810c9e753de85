"""Answers in classes that conditions can tell apart, and how much of a set people with such answers are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, islice, pairwise, product
from math import prod
from random import Random

from questions.conditions import Comparison, Condition, Selected, leaves, mentioned
from questions.definition import SPECIAL, Answer, Page, Question, QuestionSet
from questions.routing import Holds, compiled, holds

MANY_CODES = 6  # of a question with many answers: more than these are told apart one by one
ENOUGH = 4_000  # comparisons that are made to see how long a set is
FEWEST = 20  # combinations of answers, however many comparisons they take


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
    few_together = chain.from_iterable(combinations(listed, size) for size in range(len(listed) + 1))
    for some in chain(few_together, ((code,) for code in dict.fromkeys(codes) if code not in listed)):
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


def conditions(question_set: QuestionSet) -> Iterator[Condition]:
    """Every condition of a set."""
    for page in question_set.pages:
        if page.show_if is not None:
            yield page.show_if
        for question in page.questions:
            if question.show_if is not None:
                yield question.show_if


def every_class(question_set: QuestionSet) -> dict[str, tuple[Answer, ...]]:
    """The classes of each question that a condition looks at, in the order of the set."""
    looked: dict[str, dict[Comparison | Selected, None]] = {}
    for condition in conditions(question_set):
        for leaf in leaves(condition):
            looked.setdefault(leaf.question, {})[leaf] = None
    asked = (one for one in question_set.questions if one.key in looked)
    return {one.key: classes(one, list(looked[one.key])) for one in asked}


class Routes:
    """The conditions of a set, ready to be asked of many people who answer in its classes.

    looks: for each question with a condition, its own or its page's, the questions that decide whether it is shown, and
    those that decide whether these are. weighs: how many comparisons its conditions make. page: the key of its page.
    """

    def __init__(self, question_set: QuestionSet, every: Mapping[str, Sequence[Answer]]) -> None:
        self.classes = every
        self.looks: dict[str, frozenset[str]] = {}
        self.weighs: dict[str, int] = {}
        self.page: dict[str, str] = {}
        self._asked: dict[str, tuple[Holds, Holds]] = {}
        for page in question_set.pages:
            for one in page.questions:
                self._note(page, one)

    def _note(self, page: Page, question: Question) -> None:
        key, own = question.key, [one for one in (page.show_if, question.show_if) if one is not None]
        if own:
            direct = frozenset[str]().union(*map(mentioned, own))
            self.looks[key] = direct.union(*(self.looks[one] for one in direct if one in self.looks))
            self.weighs[key] = sum(1 for each in own for _ in leaves(each))
            self.page[key] = page.key
            self._asked[key] = compiled(page.show_if), compiled(question.show_if)

    def met(self, keys: Sequence[str], given: Mapping[str, Answer]) -> list[tuple[bool, bool]]:
        """Whether the page's condition and its own hold, for each of these questions (in the order of the set)."""
        visible = {key: answer for key, answer in given.items() if key not in self.looks}
        found = []
        for key in keys:
            whole, own = self._asked[key]
            told = whole(visible), own(visible)
            found.append(told)
            if all(told) and key in given:
                visible[key] = given[key]
        return found

    def by_lot(self) -> Iterator[dict[str, Answer]]:
        """Answers of some people: all in the first class, in the second ...; then by lot, the same each time."""
        for at in range(max(map(len, self.classes.values()), default=0)):
            yield {key: every[at % len(every)] for key, every in self.classes.items()}
        lot = Random(1)  # noqa: S311  nothing is kept secret by it
        while True:
            yield {key: lot.choice(every) for key, every in self.classes.items()}

    def tries(self, keys: Sequence[str]) -> int:
        """How many combinations of answers these questions can be tried with, in a moment."""
        return max(ENOUGH // sum(self.weighs[key] for key in keys), FEWEST)


def lengths(
    routes: Routes, weights: Mapping[str, float], example: Callable[[str], Mapping[str, Answer]]
) -> dict[float, float]:
    """How much of a set people see: each sum of the weights of what is shown, and its share of all classes of answers.

    Questions that hang together are gone through class by class; groups that do not are added up. Of a group with
    many combinations some are taken by lot, the same each time; and the longest begins at answers with which each
    question is shown (`example`, by its key), for by lot hardly anybody meets what asks for many answers at once.
    """
    whole = {sum(weight for key, weight in weights.items() if key not in routes.looks): 1.0}
    for group in _groups(routes):
        whole = _added(whole, _group_lengths(routes, group, weights, example))
    return whole


def _groups(routes: Routes) -> list[list[str]]:
    """The questions with conditions, in groups that look at no question in common."""
    groups: list[tuple[frozenset[str], list[str]]] = []
    for key, looks in routes.looks.items():
        near = [group for group in groups if group[0] & looks]
        groups = [group for group in groups if not group[0] & looks]
        keys = [one for _, own in near for one in own]
        groups.append((looks.union(*(seen for seen, _ in near)), [*keys, key]))
    place = {key: at for at, key in enumerate(routes.looks)}
    return [sorted(keys, key=place.__getitem__) for _, keys in groups]


def _group_lengths(
    routes: Routes,
    keys: Sequence[str],
    weights: Mapping[str, float],
    example: Callable[[str], Mapping[str, Answer]],
) -> dict[float, float]:
    looks = frozenset[str]().union(*(routes.looks[key] for key in keys))
    asked = [key for key in routes.classes if key in looks]
    sizes = [len(routes.classes[key]) for key in asked]
    weighs = [weights[key] for key in keys]

    def answers_of(given: Sequence[int]) -> dict[str, Answer]:
        return {key: routes.classes[key][at] for key, at in zip(asked, given, strict=True)}

    def total(answers: Mapping[str, Answer]) -> float:
        met = routes.met(keys, answers)
        return sum(weight for weight, told in zip(weighs, met, strict=True) if all(told))

    most = routes.tries(keys)
    tried = {given: total(answers_of(given)) for given in _some(sizes, most)}
    found: dict[float, float] = {}
    for length in tried.values():
        found[length] = found.get(length, 0.0) + 1 / len(tried)
    if len(tried) < prod(sizes):
        longest = answers_of(max(tried.items(), key=lambda one: one[1])[0])
        wanted: list[Mapping[str, Answer]] = []
        for one in map(example, keys):
            wanted += [] if one in wanted else [one]
        single = [{key: answer} for key in asked for answer in routes.classes[key]]
        found.setdefault(_longest(longest, islice([*wanted, *single], most), total), 0.0)
    return found


def _some(sizes: Sequence[int], most: int) -> Iterator[tuple[int, ...]]:
    """Every combination of classes; or, where there are more than so many, that many by lot, the same each time."""
    if prod(sizes) <= most:
        yield from product(*map(range, sizes))
        return
    lot = Random(1)  # noqa: S311  nothing is kept secret by it
    for _ in range(most):
        yield tuple(lot.randrange(size) for size in sizes)


def _longest(
    given: Mapping[str, Answer],
    changes: Iterable[Mapping[str, Answer]],
    total: Callable[[Mapping[str, Answer]], float],
) -> float:
    """The longest that is found by making one change of answers after the other, from the longest that is known."""
    best, now = total(given), dict(given)
    for change in changes:
        tried = now | {**change}
        length = total(tried)
        if length > best:
            best, now = length, tried
    return best


def _added(one: Mapping[float, float], other: Mapping[float, float]) -> dict[float, float]:
    found: dict[float, float] = {}
    for (a, share), (b, part) in product(one.items(), other.items()):
        found[round(a + b, 6)] = found.get(round(a + b, 6), 0.0) + share * part
    return found
