"""How far along a person is, said only as far as it is known."""

from collections.abc import Iterator

from questions import Condition, Page, QuestionSet, mentioned

_turns: dict[str, int] = {}


def progress(question_set: QuestionSet, pages: tuple[Page, ...], page: Page) -> tuple[int, int | None]:
    """This page's place on the path, and how many pages the path has once no answer can change that."""
    place = next(place for place, one in enumerate(pages, 1) if one.key == page.key)
    order = [one.key for one in question_set.pages]
    known = order.index(page.key) > _last_turn(question_set)
    return place, len(pages) if known else None


def _last_turn(question_set: QuestionSet) -> int:
    """The index of the last page whose answers decide what comes after it; -1 where none does."""
    if question_set.fingerprint not in _turns:
        decisive = {key for condition in _conditions(question_set) for key in mentioned(condition)}
        places = [
            place
            for place, page in enumerate(question_set.pages)
            if any(question.key in decisive for question in page.questions)
        ]
        _turns[question_set.fingerprint] = max(places, default=-1)
    return _turns[question_set.fingerprint]


def _conditions(question_set: QuestionSet) -> Iterator[Condition]:
    conditions = [page.show_if for page in question_set.pages]
    conditions += [question.show_if for question in question_set.questions]
    yield from (condition for condition in conditions if condition is not None)
