"""The word lists: whole words in every language, measured on labelled sentences, and what they miss is printed."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from survey.languages import read_languages
from survey.suggesting import TIERS, Found, found_in, lists, plain, tier_of, words_of
from tests.survey.conftest import House
from tests.survey.reading import ROSA

LABELLED = Path(__file__).parent / "labelled"
PAPER = Path(__file__).parents[2] / "docs" / "safeguarding.md"
Labelled = tuple[int, str]
HEADING = (
    "| language | sentences | with a concern | found (recall) | right, of what was suggested (precision) "
    "| tier 1 found |",
    "|---|---|---|---|---|---|",
)


def labelled(language: str) -> list[Labelled]:
    """The sentences of a language with their tiers."""
    told = tomllib.loads((LABELLED / f"{language}.toml").read_text("utf8"))["sentence"]
    return [(tier, words) for tier, words in told]


def measured(language: str, sentences: Sequence[Labelled]) -> tuple[int, int, int, int, int]:
    """Sentences; those with a concern, and of these suggested; all suggested; with a concern of tier 1, suggested."""
    suggested = [(tier, tier_of(words, language) > 0) for tier, words in sentences]
    return (
        len(suggested),
        sum(tier > 0 for tier, _said in suggested),
        sum(tier > 0 and said for tier, said in suggested),
        sum(said for _tier, said in suggested),
        sum(tier == 1 and said for tier, said in suggested),
    )


def table() -> str:
    """What docs/safeguarding.md prints."""
    rows = []
    sums = [0] * 6
    for code, language in read_languages().items():
        sentences = labelled(code)
        every, concerned, right, said, urgent = measured(code, sentences)
        of_tier_one = sum(tier == 1 for tier, _words in sentences)
        each = [every, concerned, right, said, urgent, of_tier_one]
        sums = [a + b for a, b in zip(sums, each, strict=True)]
        rows.append(_row(language.name, each))
    return "\n".join([*HEADING, *rows, _row("all", sums)])


def _row(name: str, each: Sequence[int]) -> str:
    every, concerned, right, said, urgent, of_tier_one = each
    recall, precision = f"{right} ({right / concerned:.0%})", f"{right} of {said} ({right / said:.0%})"
    return f"| {name} | {every} | {concerned} | {recall} | {precision} | {urgent} of {of_tier_one} |"


def test_what_the_lists_find_and_miss_is_printed_as_it_is() -> None:
    assert table() in PAPER.read_text("utf8"), f"docs/safeguarding.md is stale. It should say:\n{table()}"


def test_every_offered_language_has_a_list_and_labelled_sentences() -> None:
    assert set(lists()) == set(read_languages())
    assert sum(len(labelled(code)) for code in lists()) >= 120
    for code in lists():
        assert {tier for tier, _words in labelled(code)} == {0, *TIERS}
        assert len(labelled(code)) >= 30
        assert len({words for _tier, words in labelled(code)}) == len(labelled(code))


def test_the_measure_is_not_made_to_fit() -> None:
    """Some of each language is missed, and some is suggested in vain: neither list nor sentences were bent to agree."""
    found = {code: measured(code, labelled(code)) for code in lists()}
    assert all(right < concerned for _every, concerned, right, _said, _urgent in found.values())
    assert sum(said - right for _every, _concerned, right, said, _urgent in found.values()) > 0


@pytest.mark.parametrize(
    ("words", "language", "tier"),
    [
        ("He said he would kill  myself no wait", "en", 1),
        ("KILL MYSELF", "en", 1),
        ("kill-myself", "en", 1),
        ("I can’t cope", "en", 3),
        ("I cant cope", "en", 3),
        ("the therapist in Rapeseed Lane", "en", 0),  # rape, as part of a word
        ("suicidally bad food", "en", 0),
        ("grapes", "en", 0),
        ("they are going to really stab him", "en", 1),  # … is one other word
        ("they are going to the big old stab", "en", 0),  # … is at most two
        ("أُريدُ أنْ أموتَ", "ar", 1),  # with vowel signs
        ("اريد ان اموت", "ar", 1),  # with another alef
        ("আমি মরতে চাই", "bn", 1),
        ("আমি অমরতে চাই", "bn", 0),
        ("i want to kill myself", "bn", 1),  # in English, whatever one reads
        ("", "en", 0),
        ("🔪🔪🔪", "en", 0),
    ],
)
def test_words_are_compared_whole(words: str, language: str, tier: int) -> None:
    assert tier_of(words, language) == tier


def test_where_the_words_stand_is_told() -> None:
    text = "Well, SHE really HURTS ME."
    assert [text[one.first : one.end] for one in found_in(text, "en")] == ["HURTS ME"]
    assert Found(17, 25, 2) in found_in(text, "en")


def test_bengali_words_stay_whole() -> None:
    assert [one.said for one in words_of("ছুরি নিয়ে।")] == ["ছুরি", plain("নিয়ে")]


def test_no_phrase_stands_in_two_tiers_of_a_language() -> None:
    for one in lists().values():
        every = [phrase for phrases in one.phrases.values() for phrase in phrases]
        assert len(every) == len(set(every)), sorted(p for p in every if every.count(p) > 1)


def test_staff_read_every_list(house: House) -> None:
    page = house.as_(ROSA).get("/staff/reading/words").text
    for one in lists().values():
        for phrases in one.written.values():
            assert all(f"<li>{phrase}</li>" in page for phrase in phrases)
