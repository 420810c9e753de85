"""The survey sheet as pages: which rows stand together, and which row gives a seed to chance."""

from __future__ import annotations

from dataclasses import dataclass, field

from questions.xlsform.asking import TYPES, Sort, of_no_kind, sort_of
from questions.xlsform.row import Row

SEED = "soundings-seed"  # no key of ours: those have no hyphen
DRAWN = "once(random())"
_BEGINS = ("type", "name", "label", "relevant", "appearance", "soundings_random_block")
FIELD_LIST = "field-list"


@dataclass(slots=True)
class Block:
    """The rows of one page: its group and its note, where it has them, and its questions."""

    group: Row | None
    note: Row | None = None
    asked: list[tuple[Row, Sort]] = field(default_factory=list)


@dataclass(slots=True)
class Blocks:
    """The pages so far; `open` is the one whose group has begun, `inside` how many groups stand in it."""

    pages: list[Block] = field(default_factory=list)
    seeds: dict[str, Row] = field(default_factory=dict)
    open: Block | None = None
    inside: int = 0

    def take(self, row: Row) -> None:
        """Take the next row of the sheet."""
        sort = sort_of(row)
        if sort.name in TYPES:
            self._ask(row, sort)
        elif sort.name:
            steps = {"note": self._note, "begin_group": self._begin, "end_group": self._end}
            steps.get(sort.name, self._seed)(row)
        else:
            of_no_kind(row)

    def finish(self) -> None:
        """No more rows."""
        if self.open is not None and self.open.group is not None:
            self.open.group.fault(
                "This group does not end. Add a row end_group below its last question.", "type"
            )

    def _ask(self, row: Row, sort: Sort) -> None:
        if self.open is None:
            self.pages.append(Block(None, asked=[(row, sort)]))
        else:
            self.open.asked.append((row, sort))

    def _begin(self, row: Row) -> None:
        if self.open is not None:
            self.inside += 1
            row.fault(
                "A group inside a group cannot be asked: a page holds questions. End the first one above.",
                "type",
            )
            return
        row.only(_BEGINS, "A begin_group row")
        if row.word("appearance") not in ("", FIELD_LIST):
            row.fault(f"Write {FIELD_LIST}, or nothing: a group is one page.", "appearance")
        self.open = Block(row)
        self.pages.append(self.open)

    def _end(self, row: Row) -> None:
        row.only(("type", "name"), "An end_group row")
        if self.inside:
            self.inside -= 1
        elif self.open is None or self.open.group is None:
            row.fault("This ends a group that has not begun. Take the row out.", "type")
        else:
            begun = self.open.group.word("name")
            if row.word("name") not in ("", begun):
                row.fault(f"The group that ends here is called {begun}. Write that, or nothing.", "name")
            self.open = None

    def _note(self, row: Row) -> None:
        row.only(("type", "name", "label"), "A note row")
        if self.open is None:
            row.fault(
                "A note belongs to a page. Put it and its questions between begin_group and end_group.",
                "type",
            )
        elif self.open.note is not None:
            row.fault("A page has one note. Add these words to the first.", "type")
        elif self.open.asked:
            row.fault("A note stands first on its page. Move it to just below begin_group.", "type")
        else:
            self.open.note = row

    def _seed(self, row: Row) -> None:
        row.only(("type", "name", "calculation"), "A calculate row")
        name = row.needed("name", f"Write one, like {SEED}.")
        if row.word("calculation") != DRAWN:
            row.fault(
                f"Only {DRAWN}, the seed of a random order, is read here. Take the row out.", "calculation"
            )
        if name in self.seeds:
            row.fault("This name stands twice. Take one of the two rows out.", "name")
        self.seeds[name] = row


def blocks(rows: list[Row]) -> Blocks:
    """The rows of the survey sheet, page by page."""
    found = Blocks()
    for row in rows:
        found.take(row)
    found.finish()
    return found
