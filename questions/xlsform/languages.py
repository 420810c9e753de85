"""Languages as the headings of a form name them: the name for people, the code in brackets for the machine."""

from __future__ import annotations

import re

from questions.text import LANGUAGE

NAMES = {
    "ar": "Arabic",
    "bn": "Bengali",
    "ckb": "Kurdish Sorani",
    "cy": "Welsh",
    "de": "German",
    "en": "English",
    "en-x-easy": "Easy English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "gu": "Gujarati",
    "hi": "Hindi",
    "hu": "Hungarian",
    "it": "Italian",
    "ku": "Kurdish",
    "lt": "Lithuanian",
    "ne": "Nepali",
    "pa": "Punjabi",
    "pl": "Polish",
    "ps": "Pashto",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "so": "Somali",
    "sq": "Albanian",
    "ta": "Tamil",
    "te": "Telugu",
    "ti": "Tigrinya",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "yo": "Yoruba",
    "zh": "Chinese",
}

_BRACKETED = re.compile(r".*\(\s*([^()]+?)\s*\)")


def spoken(code: str) -> str:
    """A language as a heading names it.

    >>> spoken("bn"), spoken("xx")
    ('Bengali (bn)', 'xx (xx)')
    """
    return f"{NAMES.get(code, code)} ({code})"


def code_of(told: str) -> str | None:
    """The code of a language as a heading names it, or None where it names none.

    >>> code_of("Bangla (bn)"), code_of("bn"), code_of("Bengali")
    ('bn', 'bn', None)
    """
    bracketed = _BRACKETED.fullmatch(told.strip())
    code = bracketed[1] if bracketed else told.strip()
    return code if LANGUAGE.fullmatch(code) else None
