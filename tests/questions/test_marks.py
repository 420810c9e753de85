"""What staff say of changed words: trivial or another meaning, for these words only, before a set is published."""

from __future__ import annotations

import pytest

from questions import compare, read
from tests.questions.bus import BUS, changed, only, said

BUSES = ("Do you take the bus?", "Do you take buses?")  # other words for the first question


def test_a_trivial_change_breaks_nothing_any_more() -> None:
    versions = changed(BUSES)
    marked = versions.marked({"takes_bus": "trivial"})
    assert (marked.question("takes_bus").breaks, only(marked).why) == (
        "no",
        "Staff say that it still asks the same.",
    )
    assert versions.question("takes_bus").breaks == "undecided"
    assert versions.refusals({"takes_bus": "trivial"}) == ()


def test_a_changed_meaning_demands_a_new_key() -> None:
    versions = changed(("Do you take the bus?", "Do you like the bus?"), ("I did once", "Once"))
    marks = {"takes_bus": "changes meaning", "takes_bus.once": "changes meaning"}
    assert versions.marked(marks).question("takes_bus").breaks == "yes"
    assert said(versions, marks) == (
        "question takes_bus: it means something else now. "
        + "Copy it, which gives a new key, and take this one out; or put it back as it was.",
        "question takes_bus, option once: it means something else now. "
        + "Add it as another choice, and take this one out; or put it back as it was.",
    )


@pytest.mark.parametrize("marks", [{}, {"takes_bus": "who knows"}, {"likes": "trivial"}])
def test_what_is_not_marked_cannot_be_published(marks: dict[str, str]) -> None:
    versions = changed(BUSES)
    assert said(versions, marks) == (
        "question takes_bus: only you can say whether it still means the same. "
        + "Mark it as trivial, or as changes meaning, on the page Check and publish.",
    )


def test_words_that_change_with_the_kind_are_no_matter_of_comparing() -> None:
    """Whatever is said of them: answers of another kind stand beside no earlier ones."""
    both = changed(('kind = "one"', 'kind = "scale"'), BUSES)
    (words,) = [one for one in both.question("takes_bus").changes if one.sort == "wording changed"]
    assert (words.breaks, words.why) == (
        "undecided",
        "The words changed, and so did the kind, so nothing is compared: say whether it is still the same question.",
    )
    marked = both.marked({"takes_bus": "trivial"}).question("takes_bus")
    assert marked.breaks == "yes"
    assert [one.why for one in marked.changes if one.sort == "wording changed"] == [
        "Staff say that it still asks the same."
    ]


def test_a_mark_changes_nothing_that_is_decided() -> None:
    versions = changed(("high = 7", "high = 14"))
    assert versions.marked({"how_often": "trivial"}) == versions


def test_a_mark_holds_for_the_words_it_was_given_for_and_no_others() -> None:
    first = changed(BUSES)
    kept = {"takes_bus": first.sign("takes_bus", "trivial")}
    assert first.fitting(kept) == {"takes_bus": "trivial"}
    assert changed(("Do you take the bus?", "Do you like cars?")).fitting(kept) == {}
    older = BUS.replace("Do you take the bus?", "Do you take a bus?")
    again = read(BUS.replace(*BUSES))
    assert compare(read(older), again).fitting(kept) == {}
    more = changed(BUSES, ("I did once", "Once"))
    assert more.fitting(kept) == {"takes_bus": "trivial"}
    assert changed().fitting(kept) == {}


@pytest.mark.parametrize("kept", ["trivial", "changes meaning", "trivial ", "who knows 0", ""])
def test_a_mark_without_its_words_counts_for_nothing(kept: str) -> None:
    assert changed(BUSES).fitting({"takes_bus": kept, "x": kept}) == {}
