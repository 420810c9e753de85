"""The choices sheet: lists of choices, with the special answers at their ends."""

from __future__ import annotations

from dataclasses import dataclass, field

from questions.definition import CODE, DONT_KNOW, PREFER_NOT_TO_SAY, SPECIAL, Choice
from questions.text import Text
from questions.xlsform.headings import OURS
from questions.xlsform.row import Row
from questions.xlsform.seeds import in_order_of

EXCLUSIVE = f"{OURS}exclusive"
SUPPORT = f"{OURS}support"


@dataclass(slots=True)
class Listed:
    """A list: its rows, its choices and its special answers. used: a question takes it."""

    rows: list[Row] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    special: dict[str, Text] = field(default_factory=dict)
    used: bool = False

    @property
    def wrong(self) -> bool:
        """Whether something in it was told to be wrong."""
        return any(row.wrong for row in self.rows)

    def in_order_of(self, seed: int) -> list[Choice]:
        """The choices as a fixed seed orders them; what stands alone stays last."""
        order = in_order_of(seed, range(len(self.rows)))  # the special answers are at the end of the rows
        mixed = [self.choices[at] for at in order if at < len(self.choices)]
        return sorted(mixed, key=lambda choice: choice.exclusive)

    def add(self, row: Row) -> None:
        """Read one more row."""
        code = row.needed("name", "Write the code of this choice.")
        label = row.needed_text("label", "Write what people read.")
        exclusive, support = row.flag(EXCLUSIVE), row.flag(SUPPORT)
        if any(before.word("name") == code for before in self.rows) and code:
            row.fault(f"The code “{code}” stands twice in this list. Give each choice its own code.", "name")
        self.rows.append(row)
        if code in SPECIAL:
            self._add_special(row, code, label)
        elif code and not CODE.fullmatch(code):
            row.fault(
                f"“{code}” cannot be a code. Use letters, digits, dots, hyphens and underscores.", "name"
            )
        else:
            self._add_choice(row, code, label, exclusive, support)

    def _add_choice(self, row: Row, code: str, label: Text | None, exclusive: bool, support: bool) -> None:
        if self.special:
            mend = f"Move {' and '.join(self.special)} to the end of the list."
            row.fault(f"This choice stands below an answer that is always last. {mend}", "name")
        if code and label is not None:
            self.choices.append(Choice(code, label, exclusive, support))

    def _add_special(self, row: Row, code: str, label: Text | None) -> None:
        if row.word(EXCLUSIVE):
            row.fault(f"{code} always stands alone. Empty the cell.", EXCLUSIVE)
        if row.word(SUPPORT):
            row.fault(f"{code} shows nobody where help is. Empty the cell.", SUPPORT)
        if code == DONT_KNOW and PREFER_NOT_TO_SAY in self.special:
            row.fault(f"{PREFER_NOT_TO_SAY} is always the last. Move {DONT_KNOW} above it.", "name")
        if label is not None:
            self.special[code] = label


def lists(rows: list[Row]) -> dict[str, Listed]:
    """Every list by its name."""
    found: dict[str, Listed] = {}
    for row in rows:
        name = row.needed("list_name", "Write the name of the list that this choice belongs to.")
        if len(name.split()) > 1:
            row.fault("A list has a name without spaces. Write it in one word.", "list_name")
        found.setdefault(name, Listed()).add(row)
    return found


def refuse_unused(every: dict[str, Listed]) -> None:
    """Note each list that no question takes."""
    for name, listed in every.items():
        if not listed.used and name:
            mend = f"Take its rows out, or write select_one {name} on the survey sheet."
            listed.rows[0].fault(f"No question takes the list “{name}”. {mend}", "list_name")
