"""What is asked, and what an answer may be: pure, with nothing of the web and no database."""

from questions.age import AGE_BANDS, age_band
from questions.bank import Entry, bank, insert, search
from questions.changes import Change, Compared, Marks, Versions
from questions.definition import (
    DONT_KNOW,
    PREFER_NOT_TO_SAY,
    Answer,
    Answers,
    Choice,
    Kind,
    Page,
    Question,
    QuestionSet,
)
from questions.document import Fault, WrongSet, read, read_file, shipped, shipped_source
from questions.export import Column, columns
from questions.messages import Message
from questions.piping import Wording
from questions.routing import (
    And,
    Comparison,
    Condition,
    Not,
    Or,
    Progress,
    Selected,
    WrongCondition,
    along,
    as_data,
    first_unmet,
    holds,
    mentioned,
    on_path,
    parse,
    path,
    without,
    written,
)
from questions.text import Text, WrongDefinition
from questions.validation import Checked, as_sent, check, missing, validate
from questions.versions import compare
from questions.writing import write

__all__ = [
    "AGE_BANDS",
    "DONT_KNOW",
    "PREFER_NOT_TO_SAY",
    "And",
    "Answer",
    "Answers",
    "Change",
    "Checked",
    "Choice",
    "Column",
    "Compared",
    "Comparison",
    "Condition",
    "Entry",
    "Fault",
    "Kind",
    "Marks",
    "Message",
    "Not",
    "Or",
    "Page",
    "Progress",
    "Question",
    "QuestionSet",
    "Selected",
    "Text",
    "Versions",
    "Wording",
    "WrongCondition",
    "WrongDefinition",
    "WrongSet",
    "age_band",
    "along",
    "as_data",
    "as_sent",
    "bank",
    "check",
    "columns",
    "compare",
    "first_unmet",
    "holds",
    "insert",
    "mentioned",
    "missing",
    "on_path",
    "parse",
    "path",
    "read",
    "read_file",
    "search",
    "shipped",
    "shipped_source",
    "validate",
    "without",
    "write",
    "written",
]
