"""Everything of a wave is published together, and attacked together."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import Estimates, SurveyDesign
from analysis.disclosure import Counted, Outside, Pooled, Protected, Publication, Rule, protect, publish
from tests.analysis.attack import Attacker, hidden_rows

PARTS = {"b0": "north", "b1": "north", "b2": "south", "b3": "south", "b4": "south"}
AGES, CODES = ["10-13", "14-15", "16+"], ["never", "some", "often", "always"]
BY: list[list[str]] = [[], ["borough"], ["age"], ["gender"], ["borough", "age"], ["part"], ["part", "age"]]
Wave = dict[str, list[Any]]


def wave(seed: int, people: int = 600, missing: float = 0.0) -> Wave:
    """A wave of five boroughs, of which the first is nearly empty, with one non-binary person."""
    random = np.random.default_rng(seed)
    frame: Wave = {
        "borough": random.choice(list(PARTS), people, p=[0.008, 0.292, 0.3, 0.25, 0.15]).tolist(),
        "age": random.choice(AGES, people).tolist(),
        "gender": [*random.choice(["female", "male"], people - 1).tolist(), "non_binary"],
        "answer": random.choice(CODES, people, p=[0.5, 0.3, 0.15, 0.05]).tolist(),
    }
    for name in ("age", "answer"):
        gone = random.random(people) < missing
        frame[name] = [None if none else one for none, one in zip(gone, frame[name], strict=True)]
    return with_parts(frame)


def with_parts(frame: Wave) -> Wave:
    return frame | {"part": [PARTS.get(one) for one in frame["borough"]]}


def nasty(kind: str) -> Wave:
    """Waves that were made to be hard."""
    frame = wave(7)
    people = len(frame["borough"])
    if kind == "one borough is one school of one answer":
        frame["answer"] = [
            "always" if one == "b4" else two
            for one, two in zip(frame["borough"], frame["answer"], strict=True)
        ]
    if kind == "nobody in the smallest borough":
        frame["borough"] = ["b1" if one == "b0" else one for one in frame["borough"]]
    if kind == "one answer given once":
        frame["answer"] = ["never"] * (people - 1) + ["always"]
    if kind == "everybody agrees":
        frame["answer"] = ["never"] * people
    return with_parts(frame)


NASTY = [
    "one borough is one school of one answer",
    "nobody in the smallest borough",
    "one answer given once",
    "everybody agrees",
]


def design(frame: Wave) -> SurveyDesign:
    return SurveyDesign(frame, kind="quota", levels={"answer": CODES, "borough": list(PARTS)})


def tables(frame: Wave) -> list[Estimates]:
    return [design(frame).proportion("answer", by=by) for by in BY]


def published(frame: Wave, **more: Any) -> Publication:
    return publish(tables(frame), pools=[Pooled("part", "borough", PARTS)], **more)


def attacker(frame: Wave) -> Attacker:
    columns = {"borough": list(PARTS), "age": AGES, "gender": ["female", "male", "non_binary"]}
    return Attacker(columns, CODES, (("borough", "age"), ("gender",)), {"part": ("borough", PARTS)})


def who(frame: Wave, group: dict[str, Any]) -> list[Any]:
    """The answers of a group, with None for none."""
    members = zip(*(frame[name] for name in group), strict=True) if group else [()] * len(frame["answer"])
    wanted = tuple(group.values())
    return [one for one, member in zip(frame["answer"], members, strict=True) if member == wanted]


def bases(frame: Wave, found: list[Protected]) -> dict[Any, int]:
    """The exact base of every group of ten or more that has a row."""
    out: dict[Any, int] = {}
    for table in found:
        for row in table.rows():
            if row["estimate"] is not None:
                group = {name: row[name] for name in table.by}
                out[tuple(sorted(group.items()))] = len([one for one in who(frame, group) if one is not None])
    return out


def given_away(frame: Wave, found: list[Protected], exactly: bool) -> list[str]:
    """The withheld rows that an attacker bounds within five people, though their group has more."""
    reader = attacker(frame)
    known = bases(frame, found) if exactly else None
    reader.between(reader.sum({}, CODES), 0, len(frame["answer"]))
    for table in found:
        reader.read(table, known)
    out = []
    for group, level in hidden_rows(found):
        people = [one for one in who(frame, group) if one is not None]
        low, high = reader.learns(group, [level])
        count = people.count(level)
        if frame["answer"].count(level) in (0, len(frame["answer"])):
            continue  # "0 % of 600" is shown by the rule, and tells of every one of them
        assert low - 0.01 <= count <= high + 0.01, "the attacker has learnt something false"
        if who(frame, group) and high - low < min(5, max(len(people), 1)) - 0.01:
            out.append(f"{group} {level}: {count} of {len(people)} is between {low:.1f} and {high:.1f}")
    return out


WAVES = [(f"seed {seed}", wave(seed)) for seed in range(3)]
WAVES += [("missing answers", wave(3, missing=0.03)), ("few people", wave(4, 150))]
WAVES += [(kind, nasty(kind)) for kind in NASTY]


@pytest.mark.long
@pytest.mark.parametrize("frame", [one for _, one in WAVES], ids=[name for name, _ in WAVES])
@pytest.mark.parametrize("exactly", [False, True], ids=["as printed", "with exact bases"])
def test_no_withheld_row_is_bounded(frame: Wave, exactly: bool) -> None:
    assert given_away(frame, list(published(frame).tables), exactly) == []


def test_the_attack_is_real() -> None:
    """With each row judged by itself alone, and nothing covering it, the same attacker finds it."""
    frame = wave(0)
    pub = published(frame)
    bare = []
    for table, estimates, why in zip(pub.tables, tables(frame), pub.why, strict=True):
        first = [reason != "" and not reason.startswith("withheld") for reason in why]
        bare.append(uncovered(estimates, first))
        assert len(table) == len(why)
    assert len(given_away(frame, bare, exactly=True)) > 5
    assert len(given_away(frame, bare, exactly=False)) > 2


def uncovered(table: Estimates, hide: list[bool]) -> Protected:
    """What the public would see if only the rows that are unfit themselves were withheld."""
    everything = protect(table, public=True)
    rows = []
    for raw, row, gone in zip(table.rows(), everything.rows(), hide, strict=True):
        shown = row | {"estimate": round(raw["estimate"], 2), "n": 5 * round(raw["n"] / 5), "flag": ""}
        rows.append(row | {"estimate": None, "flag": "[c]"} if gone or raw["n"] == 0 else shown)
    return Protected(
        table.measure, table.by, table.kind, table.statistic, True, everything.interval_name, "", tuple(rows)
    )


@pytest.mark.long
def test_no_two_groups_of_the_tables_give_a_third_away() -> None:
    """Any two groups that are shown, one within the other: what is between them is nobody, or ten people and more."""
    for _, frame in WAVES:
        shown = []
        for table in published(frame).tables:
            shown += [
                {name: row[name] for name in table.by} for row in table.rows() if row["estimate"] is not None
            ]
        people = list(zip(*(frame[name] for name in ("borough", "age", "gender", "part")), strict=True))
        places = [dict(zip(("borough", "age", "gender", "part"), one, strict=True)) for one in people]
        sets = [
            frozenset(at for at, one in enumerate(places) if group.items() <= one.items()) for group in shown
        ]
        for whole, part in product(set(sets), repeat=2):
            assert not part < whole or len(whole - part) >= 10


def test_what_is_known_from_elsewhere_is_no_help() -> None:
    """Everybody knows that no more than 8 of the smallest borough can have answered, as that is all who live there."""
    frame = wave(1)
    known = [Outside({"borough": "b0"}, at_most=8)]
    pub = published(frame, known=known)
    reader = attacker(frame)
    reader.between(reader.sum({}, CODES), 0, len(frame["answer"]))
    reader.between(reader.sum({"borough": "b0"}, CODES), 0, 8)
    for table in pub.tables:
        reader.read(table, bases(frame, list(pub.tables)))
    for code in CODES:
        low, high = reader.learns({"borough": "b0"}, [code])
        assert high - low >= 5


def test_the_whole_is_never_hidden_where_something_smaller_will_do() -> None:
    for _, frame in WAVES[:4]:
        pub = published(frame)
        assert pub.tables[0].withheld == sum(reason != "" for reason in pub.why[0])
        assert not any(reason.startswith("withheld") for reason in pub.why[0])


def test_the_public_is_told_one_reason_and_the_publisher_each() -> None:
    pub = published(wave(0))
    told = {row["reason"] for table in pub.tables for row in table.rows() if row["flag"] == "[c]"}
    assert told == {Rule().sentence}
    assert len({reason for why in pub.why for reason in why if reason}) >= 3
    few = SurveyDesign({"answer": ["some", "never"] * 12}, kind="quota")
    row = publish([few.proportion("answer", "some")]).tables[0].rows()[0]
    assert (row["flag"], row["n"], row["n_weighted"], row["df"]) == ("[u]", 25, None, None)
    assert row["reason"].startswith("fewer than 30 people answered")


def test_tables_that_overlap_beneath_are_asked_for() -> None:
    frame = wave(0)
    by_part, by_age = (design(frame).proportion("answer", by=by) for by in (["part", "age"], ["borough"]))
    with pytest.raises(ValueError, match="meet in age x borough"):
        publish([by_part, by_age], pools=[Pooled("part", "borough", PARTS)])
    crossed = design(frame).proportion("answer", by=["borough", "age"])
    assert (
        len(publish([by_part, by_age], pools=[Pooled("part", "borough", PARTS)], beneath=[crossed]).tables)
        == 2
    )


@st.composite
def tiny(draw: st.DrawFn) -> dict[tuple[str, str], int]:
    sizes = st.sampled_from([0, 1, 2, 5, 6])
    return {(area, answer): draw(sizes) for area in ("a", "b", "c") for answer in ("yes", "no")}


@settings(max_examples=25, deadline=None)
@given(tiny())
def test_every_way_the_people_could_have_answered(counts: dict[tuple[str, str], int]) -> None:
    """All whole-numbered tables are written out that print the same: no withheld count is within five of itself."""
    frame: Wave = {"area": [], "answer": []}
    for (area, answer), people in counts.items():
        frame["area"] += [area] * people
        frame["answer"] += [answer] * people
    if not frame["area"]:
        return
    one = SurveyDesign(frame, kind="quota", levels={"answer": ["yes", "no"], "area": ["a", "b", "c"]})
    pub = publish([one.proportion("answer", "yes"), one.proportion("answer", "yes", by="area")])
    everywhere, split = pub.tables
    sizes = {area: counts[area, "yes"] + counts[area, "no"] for area in "abc"}
    total, yes = sum(sizes.values()), sum(counts[area, "yes"] for area in "abc")
    rows = {row["area"]: row["estimate"] is not None for row in split.rows()}
    whole = everywhere.rows()[0]["estimate"] is not None
    ways = {area: _ways(sizes[area], counts[area, "yes"], rows[area], total) for area in "abc"}
    for area in "abc":
        if not rows[area] and sizes[area] and (yes not in (0, total) or not whole):
            second, third = (ways[name] for name in "abc" if name != area)
            rest = {(n + m, k + j) for n, k in second for m, j in third}
            ends = {(total - n, yes - k) if whole else total - n for n, k in rest}
            found = {k for n, k in ways[area] if ((n, k) if whole else n) in ends}
            assert max(found) - min(found) >= min(5, sizes[area], total - 1)


def _ways(n: int, yes: int, shown: bool, total: int) -> list[tuple[int, int]]:
    if shown or n == 0:
        return [(n, yes)]
    return [(base, count) for base in range(total + 1) for count in range(base + 1)]


def test_what_is_withheld_elsewhere_is_withheld_unless_it_is_published_already() -> None:
    frame = wave(0)
    first = published(frame)
    at, row = next((at, why.index("")) for at, why in enumerate(first.why) if at and "" in why)
    besides = [np.zeros(len(table), dtype=bool) for table in first.tables]
    besides[at][row] = True
    assert published(frame, besides=besides).why[at][row].startswith("withheld")
    kept = [Counted.read(one) for one in first.kept]
    assert published(frame, before=[kept], besides=besides).why == first.why
