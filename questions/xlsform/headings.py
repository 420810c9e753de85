"""The columns that a form may have: what XLSForm calls them, and ours for what XLSForm has no word for."""

from __future__ import annotations

from typing import NamedTuple

from questions.arrangement import nearest
from questions.text import LANGUAGE
from questions.xlsform.languages import code_of, spoken

OURS = "soundings_"
TITLE = f"{OURS}title"

PLAIN = {
    "survey": (
        *("type", "name", "required", "relevant", "constraint", "appearance", "parameters", "calculation"),
        *(f"{OURS}sensitive", f"{OURS}random_block"),
    ),
    "choices": ("list_name", "name", f"{OURS}exclusive", f"{OURS}support"),
    "settings": ("form_id", "default_language", f"{OURS}offered_unreviewed"),
}
WORDED = {  # columns with a language in their heading
    "survey": (
        *("label", "hint", "constraint_message"),
        *(f"{OURS}fallback", f"{OURS}dont_know", f"{OURS}prefer_not_to_say"),
    ),
    "choices": ("label",),
    "settings": (TITLE,),
}
FLAGS = ("required", f"{OURS}sensitive", f"{OURS}exclusive", f"{OURS}support")

_MENDS = {
    "version": "Soundings numbers the versions itself.",
    "style": "each group is one page.",
    "choice_filter": "the choices of a question are the same for everybody.",
    "default": "no answer is filled in for a person.",
    "required_message": "Soundings says itself that an answer is needed.",
    "guidance_hint": "what people need to know goes into hint.",
    "repeat_count": "nothing is asked over and over.",
    "image": "there are no pictures in a question.",
    "audio": "there is no sound in a question.",
    "video": "there are no films in a question.",
}


class Heading(NamedTuple):
    """A column: its name, and the language of its words where it holds words."""

    name: str
    language: str | None = None

    def __str__(self) -> str:
        if self.language is None:
            return self.name
        if self.name.endswith("_status"):
            return f"{self.name}_{self.language}"
        return f"{self.name}::{spoken(self.language)}"


class Stranger(ValueError):
    """A heading that a sheet cannot have, and what to do."""


def status_of(name: str) -> str:
    """The column that says how far the translations of another are.

    >>> status_of("label"), status_of("soundings_fallback")
    ('soundings_label_status', 'soundings_fallback_status')
    """
    return f"{OURS}{name.removeprefix(OURS)}_status"


def heading(told: str, sheet: str, own: str) -> Heading:
    """A heading as it is written in a sheet; raises Stranger.

    >>> heading("Label::Bengali (bn)", "survey", "en"), heading("hint", "survey", "en")
    (Heading(name='label', language='bn'), Heading(name='hint', language='en'))
    """
    name, colons, language = told.partition("::")
    name = "_".join(name.lower().split())
    if sheet == "settings" and name == "form_title" and not colons:
        return Heading(TITLE, own)
    if name in WORDED[sheet]:
        return Heading(name, _language(name, language, own) if colons else own)
    if not colons:
        if name in PLAIN[sheet]:
            return Heading(name)
        for worded in WORDED[sheet]:
            status, code = status_of(worded), told.strip()[len(status_of(worded)) + 1 :]
            if name.startswith(f"{status}_") and LANGUAGE.fullmatch(code):
                return Heading(status, code)
    raise Stranger(_mend(name, sheet))


def _language(name: str, told: str, own: str) -> str:
    code = code_of(told)
    if code is None:
        raise Stranger(
            f"Write the language with its code in brackets, like {name}::{spoken('bn')}, or {name}::{spoken(own)}."
        )
    return code


def _mend(name: str, sheet: str) -> str:
    if name in _MENDS:
        return f"This column is not read here: {_MENDS[name]} Empty it."
    every = (*PLAIN[sheet], *WORDED[sheet], *(("form_title",) if sheet == "settings" else ()))
    guess = nearest(name, every) or f" It may be {', '.join(every)}."
    return f"This column is not read here. Empty it, or give it another heading.{guess}"
