"""How far along a person is, said only as far as it is known."""

from collections.abc import Iterator

from questions import Condition, Page, Progress, QuestionSet, along, mentioned, order

_turns: dict[str, frozenset[str]] = {}


def progress(question_set: QuestionSet, pages: tuple[Page, ...], page: Page, seed: str) -> Progress:
    """How far along its path a page is."""
    every = order.pages(question_set.pages, seed) if question_set.randomised else question_set.pages
    from_here = next(place for place, one in enumerate(every) if one.key == page.key)
    known = turning(question_set).isdisjoint(one.key for one in every[from_here:])
    return along(pages, page, known=known)


def turning(question_set: QuestionSet) -> frozenset[str]:
    """The pages whose answers decide what comes after them."""
    if question_set.fingerprint not in _turns:
        decisive = {key for condition in _conditions(question_set) for key in mentioned(condition)}
        turning = (p.key for p in question_set.pages if any(q.key in decisive for q in p.questions))
        _turns[question_set.fingerprint] = frozenset(turning)
    return _turns[question_set.fingerprint]


def _conditions(question_set: QuestionSet) -> Iterator[Condition]:
    conditions = [page.show_if for page in question_set.pages]
    conditions += [question.show_if for question in question_set.questions]
    yield from (condition for condition in conditions if condition is not None)
