"""Languages that the interface speaks: the words of its catalogues, and how each writes days and numbers.

A language is a folder of `locales`: `language.toml` says what it is called, `LC_MESSAGES/*.po` what it says.
docs/languages.md tells how to add one.
"""

import datetime as dt
import gettext
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from questions import Message, Text
from survey import wording

LOCALES = Path(__file__).parent / "locales"
SOURCE = "en"  # what the interface is written in

Words = Mapping[tuple[str, int], str]  # by sentence and plural form; 0 where it has no plural


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language of the interface.

    `code` is as in `<html lang>`; `name` is what it calls itself; `formats` is the locale whose days and numbers
    it uses; `direction` is `ltr` or `rtl`; `reviewed`: a native speaker has checked the interface.
    """

    code: str
    name: str
    formats: str
    reviewed: bool
    direction: str
    words: Words
    form_of: Callable[[int], int]

    def gettext(self, sentence: str) -> str:
        """A sentence in this language; in English where it has none."""
        return self.words.get((sentence, 0), sentence)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The form of a sentence that goes with a number."""
        return self.words.get((one, self.form_of(number)), one if number == 1 else many)

    def say(self, message: str, wording: Callable[[Text], str] | None = None) -> str:
        """A message with its values as this language writes them; other words stay as they are.

        wording: what a text of the question set says to this person.
        """
        if not isinstance(message, Message):
            return message
        values = {name: self._said(value, wording) for name, value in message.values.items()}
        return self.gettext(message.sentence) % values if values else self.gettext(message.sentence)

    def _said(self, value: object, wording: Callable[[Text], str] | None) -> str:
        if isinstance(value, Message):
            return self.say(value, wording)
        if isinstance(value, dt.date):
            return self.day(value)
        if isinstance(value, Text):
            return self.apart(wording(value) if wording else value.into(self.code))
        return self.apart(str(value))

    def apart(self, words: str) -> str:
        """Words in a sentence that runs the other way, so that neither disturbs the other."""
        rtl = self.direction == "rtl"
        return f"\N{FIRST STRONG ISOLATE}{words}\N{POP DIRECTIONAL ISOLATE}" if rtl else words

    def day(self, value: dt.date) -> str:
        """A day, as in 3 December 2026."""
        return wording.day(value, self.formats)

    def month(self, value: dt.date) -> str:
        """A month, as in Oct 2025."""
        return wording.month(value, self.formats)

    def number(self, value: float) -> str:
        """A whole number with its thousands apart."""
        return wording.number(value, self.formats)

    def listed(self, words: Sequence[str]) -> str:
        """Words as a list in a sentence."""
        return wording.listed(words, self.formats)


@cache
def read_languages(folder: Path = LOCALES) -> Mapping[str, Language]:
    """Every language of a folder by its code, English first, then by name."""
    found = (_read(path.parent) for path in folder.glob("*/language.toml"))
    ordered = sorted(found, key=lambda one: (one.code != SOURCE, not one.code.startswith(SOURCE), one.name))
    return {language.code: language for language in ordered}


def _read(folder: Path) -> Language:
    about = tomllib.loads((folder / "language.toml").read_text("utf8"))
    catalogues = [read_catalogue(path) for path in sorted((folder / "LC_MESSAGES").glob("*.po"))]
    words = {form: said for catalogue in catalogues for form, said in forms(catalogue) if said}
    plural = catalogues[0].plural_expr if catalogues else "n != 1"
    direction = Locale.parse(about["formats"]).text_direction
    return Language(folder.name, direction=direction, words=words, form_of=gettext.c2py(plural), **about)


def read_catalogue(path: Path) -> Catalog:
    """A catalogue from its file."""
    with path.open("rb") as file:
        return read_po(file)


def forms(catalogue: Catalog) -> Iterator[tuple[tuple[str, int], str]]:
    """Each sentence of a catalogue with its plural form, and its words; they are empty where it has none."""
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, str):
            yield (message.id, 0), str(message.string)
        else:
            yield from (((message.id[0], form), words) for form, words in enumerate(message.string or ()))
