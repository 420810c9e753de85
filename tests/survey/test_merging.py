"""Words that come back beside what others made of them meanwhile: the pure part, without a database."""

import doctest
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from questions import Text
from questions.text import STATUSES, Status
from questions.translating import Said, Spot
from survey.designer import merging
from survey.designer.merging import mark, merged, plain

words = st.sampled_from(["", " ", "এক", "দুই\r\nতিন"])
saids = st.tuples(words, st.sampled_from(cast(tuple[Status, ...], STATUSES)))


def spot(source: str, told: Said) -> Spot:
    """A title with words in Bengali, or none."""
    written, status = plain(told)
    translations = (("bn", written),) if written else ()
    marks = (("bn", status),) if written and status != "translated" else ()
    return Spot("title", "title", Text(source, translations, marks))


@given(saids, saids, saids, st.booleans())
def test_what_came_back_is_taken_left_or_shown_and_never_lost(
    opened: Said, typed: Said, now: Said, reworded: bool
) -> None:
    before, after = spot("Why?", opened), spot("Why not?" if reworded else "Why?", now)
    found = merged({"title": after}, "bn", {"title": typed}, {"title": mark(before, "bn")})
    assert not found.gone
    if plain(typed) in (plain(opened), plain(now)):
        assert not found.taken
        assert not found.clashing
    elif plain(opened) == plain(now) and not reworded:
        assert (found.taken, found.clashing) == ({"title": plain(typed)}, {})
    else:
        assert (found.taken, found.clashing) == ({}, {"title": plain(typed)})


def test_words_for_a_text_that_is_gone_are_told_unless_they_are_as_they_were() -> None:
    opened = mark(spot("Why?", ("এক", "draft")), "bn")
    assert merged({}, "bn", {"title": ("এক", "draft")}, {"title": opened}).gone == {}
    assert merged({}, "bn", {"title": ("দুই", "draft")}, {"title": opened}).gone == {"title": ("দুই", "draft")}


def test_the_example_is_true() -> None:
    assert doctest.testmod(merging).failed == 0
