"""A set about the bus, another wording of it, and what is said of the difference."""

from __future__ import annotations

from questions import Change, Versions, compare, read

BUS = """
key = "bus"
title = "The bus"
language = "en"

[[page]]
[[page.question]]
key = "takes_bus"
kind = "one"
prompt = "Do you take the bus?"
choices = [
    {code = "yes", label = "Yes"},
    {code = "no", label = "No"},
    {code = "once", label = "I did once"},
]
dont_know = true

[[page]]
show_if = "${takes_bus} = 'yes'"
[[page.question]]
key = "how_often"
kind = "number"
prompt = {en = "How many days a week?", bn = "কত দিন?"}
low = 0
high = 7

[[page]]
note = "You can skip this."
[[page.question]]
key = "likes"
kind = "many"
prompt = "What do you like about it?"
hint = "Choose up to 2."
at_most = 2
choices = [
    {code = "seats", label = "Seats"},
    {code = "views", label = "Views"},
    {code = "none", label = "None", exclusive = true},
]

[[page]]
show_if = "${how_often} > 3"
[[page.question]]
key = "why"
kind = "text"
prompt = "Why so often?"
length = 300
"""


def changed(*edits: tuple[str, str]) -> Versions:
    """The set about the bus against itself with some of its text replaced."""
    text = BUS
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return compare(read(BUS), read(text))


def only(versions: Versions) -> Change:
    """The one change that there is."""
    (change,) = [change for one in versions.questions for change in one.changes]
    return change


def said(versions: Versions, marks: dict[str, str]) -> tuple[str, ...]:
    """Why it cannot be published, as staff read it."""
    return tuple(map(str, versions.refusals(marks)))
