"""What a question set says to one person: in their language, with their earlier answers in its words."""

from collections.abc import Callable, Mapping

from questions import Answer, Page, QuestionSet, Text, Wording
from questions.definition import texts
from survey.languages import Language
from survey.responses.stored import Stored
from survey.web import marked

_with_pipes: dict[str, bool] = {}


Say = Callable[[Text], str]


def language_of(response: Stored, question_set: QuestionSet) -> str:
    """The language that a person reads the questions in."""
    return response.language or question_set.language


def plainly(response: Stored, question_set: QuestionSet, pages: tuple[Page, ...]) -> Say:
    """How the texts of a set are said to the person of a response: what is simple is said simply, being said often."""
    code = language_of(response, question_set)
    if _pipes(question_set):
        return Wording(question_set, code, _shown(response, pages))
    return str if code == question_set.language else lambda text: text.into(code)


def on_page(plain: Say, code: str, language: Language) -> Say:
    """The same on a page in the interface's language: marked where that is another than the one of the set."""
    return plain if code == language.code else lambda text: marked(plain(text), code, language)


def unreviewed(question_set: QuestionSet, code: str, language: Language) -> bool:
    """Whether nobody who speaks a language has reviewed what is asked in it, or the interface around that."""
    return not (language.reviewed and question_set.reviewed(code))


def _shown(response: Stored, pages: tuple[Page, ...]) -> dict[str, Answer]:
    """The answers that may stand in later words: those on the path that are not hidden."""
    asked = {question.key for page in pages for question in page.questions}
    return {
        key: answer
        for key, answer in response.answers.items()
        if key in asked and key not in response.concealed
    }


def _pipes(question_set: QuestionSet) -> bool:
    """Whether any text of a set has an answer in it."""
    found = _with_pipes.get(question_set.fingerprint)
    if found is None:
        found = any(text.pipes for text in texts(question_set))
        _with_pipes[question_set.fingerprint] = found
    return found


def offered(question_set: QuestionSet, languages: Mapping[str, Language]) -> list[Language]:
    """The languages that a set is offered in: those staff have switched on, where the interface speaks them."""
    return [language for code, language in languages.items() if code in question_set.offered]
