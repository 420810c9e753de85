"""What may be asked of a consultation: its questions that are shares, and which answers of them are counted."""

from questions import Question, QuestionSet
from survey.measuring.answers import Measure
from survey.models import Consultation

SPLITS = {"borough": "Borough", "age_band": "Age", "gender": "Gender"}
FIRST_OF_A_SCALE = 2


def measures(question_set: QuestionSet) -> tuple[Question, ...]:
    """The questions that can be measured as a share: those with codes, but for what places a person."""
    return tuple(q for q in question_set.questions if q.choices and q.key not in SPLITS)


def measure(consultation: Consultation, question_set: QuestionSet, key: str = "", codes: str = "") -> Measure:
    """The measure that is asked for; where none is (or there is no such), the consultation's headline."""
    known = {question.key: question for question in measures(question_set)}
    question = known.get(key) or known.get(consultation.headline or "") or next(iter(known.values()))
    usual, chosen = _usual_codes(consultation, question), tuple(codes.split())
    return Measure(question, chosen if chosen in [usual, *choices_of(question)] else usual)


def _usual_codes(consultation: Consultation, question: Question) -> tuple[str, ...]:
    if question.key == consultation.headline and consultation.headline_level:
        return tuple(consultation.headline_level)
    wanted = FIRST_OF_A_SCALE if question.kind == "scale" else 1
    return tuple(choice.code for choice in question.choices[:wanted])


def choices_of(question: Question) -> list[tuple[str, ...]]:
    """What may be measured of a question: the first two of a scale together, and each code alone."""
    codes = codes_of(question)
    together = [tuple(codes[:FIRST_OF_A_SCALE])] if question.kind == "scale" else []
    return together + [(code,) for code in codes]


def codes_of(question: Question) -> list[str]:
    """The codes of a question's choices; "don't know" and "prefer not to say" are none."""
    return [choice.code for choice in question.choices]
