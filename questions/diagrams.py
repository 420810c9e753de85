"""Conditions over all answers at once: which never hold, which always do, and which are too entangled to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from itertools import islice
from typing import NamedTuple

from questions.classes import Routes, conditions, every_class
from questions.conditions import And, Comparison, Condition, Not, Or, Selected, leaves, mentioned
from questions.definition import Answer, Page, Question, QuestionSet
from questions.routing import holds

FALSE, TRUE = 0, 1
OPEN = -1  # no diagram: too entangled for one
LARGE = 40
MOST_OF_ONE, MOST_OF_ALL = 30_000, 60_000  # steps that one condition, and a whole set, may take
FEW = 200  # steps that each condition has, whatever the others took
TRIED = 300  # people who answer by lot


class TooEntangled(Exception):
    """A diagram that takes more steps than there are."""


class Variable(NamedTuple):
    """What a node decides: the class of an answer; whether a code is among many; or whether it is asked at all."""

    question: str
    code: str | None = None
    asked: bool = False


class Node(NamedTuple):
    """Where a variable (its place in the order) decides: what follows for each of its values."""

    variable: int
    branches: tuple[int, ...]


class Diagrams:
    """Conditions as decision diagrams over the classes of the questions that they look at (Bryant 1986).

    The same condition is always the same number, whatever it is written like: FALSE never holds, TRUE always does.
    What a condition looks at together stands together in the order, so that most diagrams are small. Each code of a
    question with many answers decides by itself, and `_fit` says which of them may stand together. Whether a question
    is shown, where that takes more than some dozen decisions, stands as one decision of its own: then a condition that
    never holds may be missed, and none that can hold is called so.

    shown: by the key of a question. conditions: its own, by its key, and a page's, by `page` and its key. One that
    takes too many steps is OPEN, and in `entangled` unless people who answer by lot met it both ways.
    """

    def __init__(self, question_set: QuestionSet) -> None:
        self.set = question_set
        self.classes = every_class(question_set)
        self.routes = Routes(question_set, self.classes)
        self.order = _order(question_set)
        self.place = {variable: at for at, variable in enumerate(self.order)}
        self.nodes: list[Node] = [Node(len(self.order), ()), Node(len(self.order), ())]
        self._number: dict[Node, int] = {}
        self._both: dict[tuple[int, int], int] = {}
        self._unless: dict[int, int] = {}
        self._leaves: dict[Comparison | Selected, int] = {}
        self._fits: dict[str, int] = {}
        self._left, self._left_of_all = 0, MOST_OF_ALL
        self.shown: dict[str, int] = {}
        self.conditions: dict[str, int] = {}
        for page in question_set.pages:
            self._page(page)
        self.entangled = self._unsettled()

    def _page(self, page: Page) -> None:
        """Who is shown each question of a page."""
        whole = self._whole(page.show_if)
        self.conditions[f"page {page.key}"] = whole
        own = {one.key: self._whole(one.show_if) for one in page.questions}
        self.conditions |= own
        self.shown |= {key: self._together(whole, condition) for key, condition in own.items()}

    def _whole(self, condition: Condition | None) -> int:
        if condition is None:
            return TRUE
        return self._within(lambda: self._fitting(self.of(condition)))

    def _together(self, one: int, other: int) -> int:
        if FALSE in (one, other):
            return FALSE
        return OPEN if OPEN in (one, other) else self._within(lambda: self._fitting(self.both(one, other)))

    def _within(self, make: Callable[[], int]) -> int:
        """What is made in the steps that are left; else OPEN."""
        self._left = before = max(FEW, min(MOST_OF_ONE, self._left_of_all))
        try:
            return make()
        except (TooEntangled, RecursionError):
            return OPEN
        finally:
            self._left_of_all -= before - max(self._left, 0)

    def _unsettled(self) -> frozenset[str]:
        """What is open and stays so: by lot nobody met it one way, or the other."""
        open_ = {name for name, one in self.conditions.items() if one == OPEN}
        never = {key for key, one in self.shown.items() if one == OPEN}
        if not open_ and not never:
            return frozenset()
        keys, held, failed = tuple(self.routes.looks), set[str](), set[str]()
        for answers in islice(self.routes.by_lot(), min(10 * self.routes.tries(keys), TRIED)):
            for key, (whole, own) in zip(keys, self.routes.met(keys, answers), strict=True):
                (held if whole else failed).add(f"page {self.routes.page[key]}")
                (held if own else failed).add(key)
                never -= {key} if whole and own else set()
            if not never and open_ <= held & failed:
                break
        return frozenset(never | (open_ - (held & failed)))

    def of(self, condition: Condition) -> int:
        """The diagram of a condition: an answer that is not on the path counts for nothing."""
        match condition:
            case Comparison(key) | Selected(key):
                return self.both(self._asked(key), self._leaf(condition))
            case Not(inner):
                return self.unless(self.of(inner))
            case And(parts):
                return reduce(self.both, map(self.of, reversed(parts)))
            case Or(parts):
                return self.unless(reduce(self.both, (self.unless(self.of(one)) for one in reversed(parts))))

    def _leaf(self, leaf: Comparison | Selected) -> int:
        if (
            isinstance(leaf, Selected)
            and (bit := self.place.get(Variable(leaf.question, leaf.code))) is not None
        ):
            return self.node(bit, (FALSE, TRUE))
        if leaf not in self._leaves:
            told = (int(holds(leaf, {leaf.question: answer})) for answer in self.classes[leaf.question])
            self._leaves[leaf] = self.node(self.place[Variable(leaf.question)], tuple(told))
        return self._leaves[leaf]

    def _asked(self, key: str) -> int:
        """Whether a question is shown, for those after it."""
        shown = self.shown[key]
        if shown != OPEN and self.size(shown) <= LARGE:
            return shown
        return self.node(self.place[Variable(key, asked=True)], (FALSE, TRUE))

    def _fitting(self, one: int) -> int:
        """A diagram over answers that may be given: FALSE where none of them leads to TRUE, TRUE where all do."""
        fit = reduce(self.both, map(self._fit, self._looked(one)), TRUE)
        with_fit = self.both(fit, one)
        return TRUE if with_fit == fit else with_fit

    def _looked(self, one: int) -> Iterator[Question]:
        """The questions with many answers that a diagram depends on; the last in the order first."""
        seen, waiting, found = {FALSE, TRUE}, [one], set[int]()
        while waiting:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                found.add(self.nodes[at].variable)
                waiting += self.nodes[at].branches
        many = dict.fromkeys(
            self.order[at].question for at in sorted(found, reverse=True) if self.order[at].code
        )
        return map(self.set.question, many)

    def _fit(self, question: Question) -> int:
        """Which codes of a question with many answers, of those that conditions look for, may be given together."""
        if question.key not in self._fits:
            codes = [one.code for one in self.order if one.question == question.key and one.code]
            self._fits[question.key] = reduce(self.both, self._rules(question, codes), TRUE)
        return self._fits[question.key]

    def _rules(self, question: Question, codes: Sequence[str]) -> Iterator[int]:
        bits = {code: self.node(self.place[Variable(question.key, code)], (FALSE, TRUE)) for code in codes}
        for alone in question.exclusive.intersection(codes):
            others = reduce(self.both, (self.unless(bits[code]) for code in codes if code != alone), TRUE)
            yield self.unless(self.both(bits[alone], self.unless(others)))
        if question.required and set(question.codes) <= set(codes):
            yield self.unless(reduce(self.both, map(self.unless, bits.values())))
        if question.at_most is not None and question.at_most < len(codes):
            yield self._at_most(
                question.at_most, [self.place[Variable(question.key, code)] for code in codes]
            )

    def _at_most(self, most: int, places: Sequence[int]) -> int:
        """At most so many of some codes: row by row from the last place, one node for each number that is left."""
        left = [TRUE] * (most + 1)
        for place in sorted(places, reverse=True):
            left = [self.node(place, (left[n], left[n - 1] if n else FALSE)) for n in range(most + 1)]
        return left[most]

    def size(self, one: int) -> int:
        """How many decisions a diagram has, as far as that matters."""
        seen, waiting = {FALSE, TRUE}, [one]
        while waiting and len(seen) <= LARGE + 2:
            at = waiting.pop()
            if at not in seen:
                seen.add(at)
                waiting += self.nodes[at].branches
        return len(seen) - 2

    def node(self, variable: int, branches: tuple[int, ...]) -> int:
        """The number of a node, as `branches` where they are all the same."""
        if len(set(branches)) == 1:
            return branches[0]
        made = Node(variable, branches)
        if made not in self._number:
            self._number[made] = len(self.nodes)
            self.nodes.append(made)
        return self._number[made]

    def both(self, one: int, other: int) -> int:
        """One and the other; raises TooEntangled where that takes more steps than are left."""
        if one == other or FALSE in (one, other):
            return min(one, other)
        if TRUE in (one, other):
            return max(one, other)
        key = (min(one, other), max(one, other))
        if key not in self._both:
            a, b = self.nodes[one], self.nodes[other]
            first = min(a.variable, b.variable)
            left = a.branches if a.variable == first else (one,) * len(b.branches)
            right = b.branches if b.variable == first else (other,) * len(a.branches)
            self._step(len(left))
            self._both[key] = self.node(first, tuple(map(self.both, left, right)))
        return self._both[key]

    def unless(self, one: int) -> int:
        """Not one; raises as `both`."""
        if one in (FALSE, TRUE):
            return 1 - one
        if one not in self._unless:
            node = self.nodes[one]
            self._step(len(node.branches))
            made = self.node(node.variable, tuple(map(self.unless, node.branches)))
            self._unless[one], self._unless[made] = made, one
        return self._unless[one]

    def _step(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise TooEntangled

    def example_of(self, key: str) -> dict[str, Answer]:
        """Answers of somebody who is shown a question; none where everybody is, nobody, or it is too entangled."""
        return {} if self.shown[key] == OPEN else self.example(self.shown[key])

    def example(self, one: int) -> dict[str, Answer]:
        """Answers with which a diagram of `shown` or `conditions` holds; of one that always does, or never, none."""
        found: dict[str, Answer] = {}
        while one not in (FALSE, TRUE):
            variable, branches = self.nodes[one]
            at = next(at for at, branch in enumerate(branches) if branch != FALSE)
            key, code, asked = self.order[variable]
            if code is not None:
                ticked = found.get(key)
                found[key] = [*(ticked if isinstance(ticked, list) else []), *([code] if at else [])]
            elif not asked:
                found[key] = self.classes[key][at]
            one = branches[at]
        return found


def _order(question_set: QuestionSet) -> list[Variable]:
    """The variables as conditions come upon them, the conditions that look at most first.

    What is joined with `and` or `or` mostly stands side by side, and a diagram is small where such variables do
    (Fujita, Fujisawa and Kawato 1988).
    """
    found: dict[Variable, None] = {}
    for condition in sorted(conditions(question_set), key=lambda one: -len(mentioned(one))):
        for leaf in leaves(condition):
            many = question_set.question(leaf.question).kind == "many"
            found.setdefault(Variable(leaf.question, asked=True))
            found.setdefault(
                Variable(leaf.question, leaf.code if many and isinstance(leaf, Selected) else None)
            )
    return list(found)
