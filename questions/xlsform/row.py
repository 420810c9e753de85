"""One row of a form: it knows its place, and says what is wrong with what stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from questions.arrangement import Fault
from questions.conditions import Condition, WrongCondition, parse
from questions.tables import USUAL
from questions.text import LONGEST_TITLE, LONGEST_WORDS, STATUSES, Status, Text, WrongDefinition
from questions.xlsform.headings import OURS, TITLE, Heading, status_of

YES = ("yes", "true", "true()")
NO = ("no", "false", "false()")

_SAID_HERE = {  # what is said of a document in TOML, as it is said of a form
    "show_if": "relevant",
    "random_block": f"{OURS}random_block",
    " (at_most)": " by count-selected(.)",
    " (length)": " in string-length(.)",
    " (low)": "",
    " (high)": "",
    " (low, high)": "",
    "decimals = true": "the row be decimal",
    "under choices": "on the choices sheet",
}
_COLUMN_OF = {  # a word of a message about a question, and the column that it is about
    "(.)": "constraint",
    "smallest": "constraint",
    "fallback": f"{OURS}fallback",
    "constraint_message": "constraint_message",
    "dont_know": f"{OURS}dont_know",
    "prefer_not_to_say": f"{OURS}prefer_not_to_say",
    "key": "name",
    "choices": "type",
}


@dataclass(slots=True)
class Row:
    """A row of a sheet. `faults` is one list for the whole form; `language` is the form's own.

    unread: the cells that could not be read, which is told already. wrong: something in it was told to be.
    """

    sheet: str
    number: int
    language: str
    columns: Mapping[Heading, tuple[str, str]]  # the letter of each column, and its heading as it is written
    faults: list[Fault]
    cells: dict[Heading, str] = field(default_factory=dict)
    unread: set[Heading] = field(default_factory=set)
    wrong: bool = False

    def place(self, about: Heading | str | None = None) -> str:
        """Where it is: `sheet survey, row 7, column C (relevant)`."""
        row = f"sheet {self.sheet}, row {self.number}"
        if about is None:
            return row
        wanted = about if isinstance(about, Heading) else self._column(about)
        letter, told = self.columns.get(wanted, ("", ""))
        return f"{row}, column {letter} ({told})" if letter else f"{row}, column {wanted.name}"

    def _column(self, name: str) -> Heading:
        """The column of a name: one that is filled, if possible, or else that of the form's own language."""
        several = [one for one in (*self.cells, *self.columns) if one.name == name]
        own = Heading(name, self.language)
        return own if own in several or not several else several[0]

    def fault(self, message: str, about: Heading | str | None = None) -> None:
        """Note a fault in the row, or in one of its cells."""
        self.wrong = True
        self.faults.append(Fault(self.place(about), message))

    def retell(self, message: str, about: Heading | str | None = None) -> None:
        """Note what a definition says, in the words of a form and at the cell that it is about."""
        for said, here in _SAID_HERE.items():
            message = message.replace(said, here)
        found = (column for word, column in _COLUMN_OF.items() if word in message)
        self.fault(message, about or next(found, "type"))

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Turn whatever refuses to be built inside into faults."""
        try:
            yield
        except WrongDefinition as wrong:
            for message in wrong.messages:
                self.retell(message)

    def only(self, names: tuple[str, ...], what: str) -> None:
        """Note every cell that does not belong in such a row."""
        may = {*names, *map(status_of, names)}
        for heading in self.cells:
            if heading.name not in may:
                self.fault(f"{what} has no {heading.name}. Empty the cell.", heading)

    def word(self, name: str) -> str:
        """What stands in a column, or nothing."""
        return self.cells.get(Heading(name), "")

    def needed(self, name: str, mend: str) -> str:
        """What must stand in a column."""
        if not self.word(name) and Heading(name) not in self.unread:
            self.fault(f"There is nothing here. {mend}", name)
        return self.word(name)

    def flag(self, name: str) -> bool:
        """Yes or no; no when nothing is said."""
        told = self.word(name).lower()
        if told and told not in YES + NO:
            self.fault("Write yes or no.", name)
        return told in YES

    def condition(self) -> Condition | None:
        """What stands under relevant."""
        told = self.word("relevant")
        try:
            return parse(told) if told else None
        except WrongCondition as wrong:
            self.fault(str(wrong), "relevant")
            return None

    def text(self, name: str) -> Text | None:
        """Words in all their languages; None when there are none, or none in the form's own."""
        told = {one.language or "": self._short_enough(one) for one in self.cells if one.name == name}
        statuses = self._statuses(name, told)
        own = told.pop(self.language, None)
        if own is not None:
            return Text(own, tuple(sorted(told.items())), statuses)
        if told and Heading(name, self.language) not in self.unread:
            mend = f"There are words in another language, but none in {self.language}, the form’s own. Write them."
            self.fault(mend, Heading(name, self.language))
        return None

    def _short_enough(self, heading: Heading) -> str:
        """The words of a cell; their beginning where they are too long, which is noted here once."""
        words, most = self.cells[heading], LONGEST_TITLE if heading.name == TITLE else LONGEST_WORDS
        if len(words) > most:
            self.fault(f"There are {len(words):,} characters here. Use at most {most:,}.", heading)
        return words[:most]

    def _statuses(self, name: str, told: Mapping[str, str]) -> tuple[tuple[str, Status], ...]:
        found: dict[str, Status] = {}
        for heading, status in self.cells.items():
            language = heading.language or ""
            if heading.name != status_of(name):
                continue
            if language not in told or language == self.language:
                self.fault("This is the status of a translation that is not there. Empty the cell.", heading)
            elif status not in STATUSES:
                self.fault(f"“{status}” is not a status. Write one of {', '.join(STATUSES)}.", heading)
            elif status != USUAL:
                found[language] = cast(Status, status)
        return tuple(sorted(found.items()))

    def needed_text(self, name: str, mend: str) -> Text | None:
        """Words that must be there."""
        found = self.text(name)
        if found is None and not any(one.name == name for one in (*self.cells, *self.unread)):
            self.fault(f"There is nothing here. {mend}", Heading(name, self.language))
        return found
