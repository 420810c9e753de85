"""What a language is called, by itself and in English, and which way it runs."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale, UnknownLocaleError

from questions import Versions
from survey.languages import read_languages
from survey.web import Installation


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language that a set may be translated into.

    name: what it calls itself. interface: our own buttons and messages speak it too; checked: and are reviewed in it.
    """

    code: str
    name: str
    english: str
    direction: str
    interface: bool
    checked: bool = False

    @property
    def called(self) -> str:
        """Its names in one line, each once."""
        return self.name if self.name == self.english else f"{self.name} ({self.english})"


def tongue(here: Installation, code: str) -> Tongue:
    """A language by its code; one that nobody has a name for is called by its code."""
    spoken, known = here.languages.get(code), _locale(code)
    own = spoken.name if spoken else (known and known.display_name) or code
    runs = spoken.direction if spoken else _runs(code)
    return Tongue(
        code, own, english_name(code), runs, spoken is not None, spoken is not None and spoken.reviewed
    )


def english_name(code: str) -> str:
    """What a language is called in English; its code where nobody has a name for it."""
    known, spoken = _locale(code), read_languages().get(code)
    return (known and known.english_name) or (spoken.name if spoken else code)


def names_of(versions: Versions | None) -> dict[str, str]:
    """What the languages are called, in English, in which something changed."""
    asked = [change for one in versions.questions for change in one.changes] if versions else []
    every = [*versions.whole, *asked] if versions else []
    return {code: english_name(code) for code in {change.language for change in every} if code}


def _locale(code: str) -> Locale | None:
    try:
        return Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        return None


def _runs(code: str) -> str:
    """Its direction: that of the plain language where it is one of its kinds."""
    known = _locale(code) or _locale(code.partition("-")[0])
    return known.text_direction if known else "ltr"
