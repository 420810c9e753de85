"""Everything of a wave is published together, and attacked together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis import Estimates, SurveyDesign
from analysis.disclosure import Pooled, Protected, Publication, Rule, protect, publish
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
    open_rows = publish([table], Rule()).tables[0]
    rows = []
    for raw, row, gone in zip(table.rows(), open_rows.rows(), hide, strict=True):
        shown = row | {"estimate": round(raw["estimate"], 2), "n": 5 * round(raw["n"] / 5), "flag": ""}
        rows.append(row | {"estimate": None, "flag": "[c]"} if gone or raw["n"] == 0 else shown)
    return Protected(
        table.measure, table.by, table.kind, table.statistic, True, everything.interval_name, "", tuple(rows)
    )
