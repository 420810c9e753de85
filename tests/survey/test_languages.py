"""The interface in other languages: its catalogues, its days and numbers, and what is said where words are missing."""

import datetime as dt
import re
from pathlib import Path

import pytest

from questions import Message, Text
from questions.document import SETS
from survey.languages import LOCALES, Language, read_catalogue, read_languages

EVERY = read_languages()


def test_languages_call_themselves_by_their_own_names_english_first() -> None:
    names = {code: language.name for code, language in EVERY.items()}
    assert list(names.items())[:2] == [("en", "English"), ("en-x-easy", "Easy English")]
    assert (names["ar"], names["bn"]) == ("العربية", "বাংলা")
    assert [code for code, language in EVERY.items() if language.direction == "rtl"] == ["ar"]


def test_only_english_is_reviewed_until_a_native_speaker_says_so() -> None:
    assert [code for code, language in EVERY.items() if language.reviewed] == ["en"]


@pytest.mark.parametrize("code", [code for code in EVERY if code != "en"])
def test_a_language_has_every_sentence_a_young_person_may_read(code: str) -> None:
    catalogue = read_catalogue(LOCALES / code / "LC_MESSAGES" / "young.po")
    for message in catalogue:
        words = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        assert all(words), (code, message.id)


def test_figures_are_0_to_9_in_every_language() -> None:
    """As in codes, telephone numbers and years: one set of digits on a page."""
    written = {
        path: path.read_text(encoding="utf-8") for path in (*LOCALES.rglob("*.po"), *SETS.rglob("*.toml"))
    }
    other = {path.name: found for path, text in written.items() if (found := re.findall(r"[^\W\D0-9]", text))}
    assert len(written) > 20
    assert other == {}


def test_days_and_numbers_are_written_as_the_language_writes_them() -> None:
    day = dt.date(2026, 12, 3)
    assert EVERY["en"].day(day) == EVERY["en-x-easy"].day(day) == "3 December 2026"
    assert EVERY["bn"].day(day) == "3 ডিসেম্বর, 2026"
    assert EVERY["ar"].day(day) == "3 ديسمبر 2026"
    assert EVERY["en"].listed(["a", "b", "c"]) == "a, b and c"
    assert EVERY["en"].number(12001) == "12,001"


@pytest.mark.parametrize(
    ("number", "form"), [(1, "دقيقة واحدة"), (2, "دقيقتين"), (5, "5 دقائق"), (20, "20 دقيقة")]
)
def test_arabic_has_its_own_forms_for_one_two_few_and_many(number: int, form: str) -> None:
    said = EVERY["ar"].ngettext("It takes about %(num)s minute.", "It takes about %(num)s minutes.", number)
    assert form in said % {"num": number}


def test_a_message_is_said_with_its_values_in_the_language() -> None:
    label = Text("None", (("bn", "কোনোটি নয়"),))
    message = Message("You ticked “%(label)s” and something else. Untick one or the other.", label=label)
    assert message == "You ticked “None” and something else. Untick one or the other."
    assert "“কোনোটি নয়”" in EVERY["bn"].say(message)
    closed = Message(
        "%(title)s opens on %(day)s. Please come back then.", title="T", day=dt.date(2026, 12, 3)
    )
    assert "3 December 2026" in EVERY["en"].say(closed)
    assert "\N{FIRST STRONG ISOLATE}T\N{POP DIRECTIONAL ISOLATE}" in EVERY["ar"].say(closed)
    nested = Message("%(ask)s “%(label)s” is fine too.", ask=Message("Write one number."), label="x")
    assert EVERY["bn"].say(nested).startswith("একটি সংখ্যা লেখো।")


def test_words_that_are_missing_are_said_in_english(tmp_path: Path) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder.parent / "language.toml").write_text('name = "Deutsch"\nformats = "de"\nreviewed = false\n')
    (folder / "young.po").write_text('msgid "Next"\nmsgstr "Weiter"\n\nmsgid "Back"\nmsgstr ""\n')
    german: Language = read_languages(tmp_path)["de"]
    assert (german.gettext("Next"), german.gettext("Back"), german.gettext("Gone")) == (
        "Weiter",
        "Back",
        "Gone",
    )
    assert german.ngettext("%(num)s day", "%(num)s days", 2) == "%(num)s days"
