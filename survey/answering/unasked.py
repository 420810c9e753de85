"""What is left out while nobody reads what people write: open questions, never what somebody wrote already."""

from collections.abc import Mapping

from questions import Answer, QuestionSet, path, without
from survey import waiting

Unasked = frozenset[str]  # keys of the questions that are not asked now, though they stand in the set
EVERYTHING: Unasked = frozenset()  # is asked


def still_unasked(question_set: QuestionSet, page_key: str, unasked: Unasked) -> Unasked:
    """What is not asked, but for what stands on a page that somebody has open."""
    page = next((one for one in question_set.pages if one.key == page_key), None) if unasked else None
    return unasked - {one.key for one in page.questions} if page else unasked


def unasked_of(question_set: QuestionSet, answers: Mapping[str, Answer]) -> Unasked:
    """What a person is not asked while nobody reads what people write: what they have not written already.

    Nothing, where they would be asked nothing at all.
    """
    keys = frozenset(key for key in waiting.texts_of(question_set) if not answers.get(key))
    return keys if keys and without(path(question_set, answers), keys) else EVERYTHING
