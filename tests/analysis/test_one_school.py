"""A figure that rests on one school is that school's figure: it is withheld, and cannot be worked out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis import SurveyDesign
from analysis.disclosure import ONE_SCHOOL, Counted, Pooled, Protected, Publication, protect, publish
from analysis.readings import beside
from tests.analysis.attack import Attacker

PARTS = {"b0": "north", "b1": "north", "b2": "south", "b3": "south", "b4": "south"}
AGES, CODES = ["10-13", "14-15", "16+"], ["never", "some", "often"]
BY: list[list[str]] = [[], ["borough"], ["age"], ["borough", "age"], ["part"], ["part", "age"]]
Frame = dict[str, list[Any]]


def boroughs(**people: dict[str, int]) -> Frame:
    """People of each borough by school, every other of whom is safe."""
    each = [
        (area, school) for area, schools in people.items() for school, n in schools.items() for _ in range(n)
    ]
    area, school = map(list, zip(*each, strict=True))
    return {"area": area, "school": school, "safe": [at % 2 for at in range(len(each))]}


def shown(frame: Frame, **more: Any) -> dict[str, str]:
    """Of each borough why it is withheld, or ""."""
    design = SurveyDesign(frame, kind="gatekept", clusters="school", **more)
    table = protect(design.proportion("safe", by="area"))
    return {row["area"]: row["reason"] if row["flag"] == "[c]" else "" for row in table.rows()}


def test_a_borough_of_one_school_is_withheld_and_covered() -> None:
    told = shown(boroughs(a={"Ash": 60}, b={"Elm": 40, "Oak": 40}, c={"Fir": 90, "Yew": 90}))
    assert told["a"] == ONE_SCHOOL
    assert told["b"] == "withheld so that a smaller group cannot be worked out by subtraction"
    assert told["c"] == ""


@pytest.mark.parametrize(("most", "withheld"), [(53, False), (54, True)])
def test_nearly_all_is_nine_in_ten(most: int, withheld: bool) -> None:
    told = shown(boroughs(a={"Ash": most, "Elm": 60 - most}, b={"Fir": 90, "Yew": 90}))
    assert (told["a"] == ONE_SCHOOL) is withheld


def test_a_figure_within_ten_points_of_a_schools_own_is_withheld_however_its_people_are_weighted() -> None:
    frame = boroughs(a={"Ash": 30, "Elm": 30}, b={"Fir": 90, "Yew": 90})
    assert shown(frame)["a"] == ""
    frame["w"] = [10 if school == "Ash" else 1 for school in frame["school"]]
    assert shown(frame, weights="w")["a"] == ONE_SCHOOL


def test_those_who_came_by_no_school_are_no_school() -> None:
    frame = boroughs(a={"none": 60}, b={"Fir": 90, "Yew": 90})
    assert shown(frame)["a"] == ONE_SCHOOL
    assert set(shown(frame, no_cluster="none").values()) == {""}


def test_people_who_were_not_reached_through_schools_have_no_school() -> None:
    design = SurveyDesign(boroughs(a={"Ash": 60}, b={"Fir": 90}), kind="open")
    assert protect(design.proportion("safe", by="area")).withheld == 0


def test_two_schools_cover_each_other_if_neither_is_nearly_all_of_both() -> None:
    wide = {"Fir": 90, "Yew": 90}
    alike = shown(boroughs(a={"Ash": 60}, b={"Elm": 40}, c=wide))
    assert alike == {"a": ONE_SCHOOL, "b": ONE_SCHOOL, "c": ""}
    small = shown(boroughs(a={"Ash": 200}, b={"Elm": 14}, c={"Oak": 100, "Bay": 110}, d=wide | {"Box": 90}))
    assert small["a"] == small["b"] == ONE_SCHOOL
    assert "subtraction" in small["c"]
    assert small["d"] == ""


def test_a_survey_of_one_school_shows_the_figure_of_everybody_alone() -> None:
    frame = boroughs(a={"Ash": 60}, b={"Ash": 90})
    assert shown(frame) == {"a": ONE_SCHOOL, "b": ONE_SCHOOL}
    design = SurveyDesign(frame, kind="gatekept", clusters="school")
    whole, split = publish([design.proportion("safe"), design.proportion("safe", by="area")]).tables
    assert (whole.withheld, split.withheld) == (0, 2)


def test_what_two_readings_differ_by_is_not_one_schools_figure() -> None:
    wide = {f"school {at}": 90 for at in range(3)}
    frame = boroughs(
        a={"Ash": 60, "Elm": 60}, **{one: {one + school: 60 for school in wide} for one in "bcd"}
    )
    frame["mixed"] = ["fast" if at % 3 == 0 else "none" for at in range(len(frame["area"]))]
    by_school = [("none", "fast")[school == "Ash"] for school in frame["school"]]
    both = zip(frame["area"], by_school, frame["mixed"], strict=True)
    frame["apart"] = [school if area == "a" else mixed for area, school, mixed in both]
    design = SurveyDesign(frame, kind="gatekept", clusters="school")
    for mark, readings in (("apart", 1), ("mixed", 2)):
        assert (
            len(beside(design.proportion("safe", by=["area", mark]), [["none", "fast"], ["none"]]))
            == readings
        )
        assert len(beside(design.proportion("safe", by=mark), [["none", "fast"], ["none"]])) == 2


def wave(seed: int, missing: float = 0.0, without: int = 0) -> Frame:
    """Five boroughs, two of one school and three of three. without: people of one more school who have no borough."""
    random = np.random.default_rng(seed)
    borough = random.choice(list(PARTS), 600, p=[0.15, 0.25, 0.25, 0.25, 0.1]).tolist()
    school = [one if one in ("b0", "b4") else f"{one}{random.integers(3)}" for one in borough]
    borough, school = [*borough, *[None] * without], [*school, *["elsewhere"] * without]
    frame: Frame = {
        "borough": borough,
        "school": school,
        "age": random.choice(AGES, len(borough)).tolist(),
        "answer": random.choice(CODES, len(borough), p=[0.5, 0.3, 0.2]).tolist(),
    }
    gone = random.random(len(borough)) < missing
    frame["answer"] = [None if none else one for none, one in zip(gone, frame["answer"], strict=True)]
    return frame | {"part": [PARTS.get(one) for one in borough]}


def published(frame: Frame, **more: Any) -> Publication:
    levels = {"answer": CODES, "borough": list(PARTS)}
    design = SurveyDesign(frame, kind="gatekept", clusters="school", levels=levels)
    return publish(
        [design.proportion("answer", by=by) for by in BY], pools=[Pooled("part", "borough", PARTS)], **more
    )


def withheld(table: Protected, **group: str) -> bool:
    rows = [row for row in table.rows() if all(row[name] == level for name, level in group.items())]
    assert rows
    return all(row["estimate"] is None for row in rows)


def answers(frame: Frame, group: dict[str, Any]) -> list[Any]:
    places = zip(*(frame[name] for name in group), strict=True)
    who = zip(places, frame["answer"], strict=True)
    return [one for place, one in who if place == tuple(group.values()) and one is not None]


def reader(frame: Frame, pub: Publication) -> Attacker:
    """Who reads a publication, and knows everybody's number and that behind each figure that is shown."""
    made = Attacker(
        {"borough": list(PARTS), "age": AGES}, CODES, (("borough", "age"),), {"part": ("borough", PARTS)}
    )
    made.between(made.sum({}, CODES), 0, len(frame["answer"]))
    for table in pub.tables:
        places = [{name: row[name] for name in table.by} for row in table.rows()]
        made.read(table, {tuple(sorted(one.items())): len(answers(frame, one)) for one in places if one})
    return made


WAVES = [wave(0), wave(1), wave(2, missing=0.05), wave(3, without=45)]


@pytest.mark.long
@pytest.mark.parametrize("frame", WAVES, ids=["one", "another", "some skipped it", "a school of no borough"])
def test_no_schools_figure_is_told_to_within_a_tenth_of_its_people(frame: Frame) -> None:
    attack(frame, published(frame))


def attack(frame: Frame, pub: Publication) -> None:
    made, alone = reader(frame, pub), 0
    for table, why in zip(pub.tables, pub.why, strict=True):
        for row, reason in zip(table.rows(), why, strict=True):
            if reason == ONE_SCHOOL:
                alone += 1
                check(made, frame, {name: row[name] for name in table.by}, row["level"])
    if None in frame["borough"]:
        for level in CODES:
            check(made, frame, {"borough": None}, level)
    assert alone >= 2 * len(CODES)


def check(made: Attacker, frame: Frame, group: dict[str, Any], level: str) -> None:
    given = answers(frame, group)
    count = given.count(level)
    tenth = max(5, 0.1 * len(given))
    low, high = made.learns(group, [level])
    assert low - 0.01 <= count <= high + 0.01, "the attacker has learnt something false"
    assert high - low >= min(tenth, count) + min(tenth, len(given) - count) - 0.01, f"{group} {level}"


def test_the_attack_is_real() -> None:
    """With nothing but the schools' own rows withheld, the same attacker works them out."""
    frame = wave(0)
    pub = published(frame)
    design = SurveyDesign(frame, kind="quota", levels={"answer": CODES, "borough": list(PARTS)})
    bare = publish([design.proportion("answer", by=by) for by in BY])
    tables = [
        table.withhold([reason == ONE_SCHOOL for reason in why])
        for table, why in zip(bare.tables, pub.why, strict=True)
    ]
    with pytest.raises(AssertionError, match="b0"):
        attack(frame, Publication(tuple(tables), pub.why))


def test_what_schools_are_part_of_is_shown() -> None:
    pub = published(wave(0))
    by = dict(zip(map(tuple, BY), pub.tables, strict=True))
    assert by[()].withheld == 0
    assert not any(withheld(by["part",], part=one) for one in ("north", "south"))
    assert all(withheld(by["borough",], borough=one) for one in ("b0", "b4"))
    assert all(withheld(by["borough", "age"], borough=one, age=age) for one in ("b0", "b4") for age in AGES)


def test_the_public_is_not_told_which_groups_are_one_schools() -> None:
    pub = published(wave(0))
    told = {row["reason"] for table in pub.tables for row in table.rows() if row["estimate"] is None}
    assert len(told) == 1
    assert "nearly everybody came through one school or club" in told.pop()
    assert ONE_SCHOOL in {reason for why in pub.why for reason in why}


def test_what_was_withheld_as_a_schools_figure_stays_so_in_the_next_publication() -> None:
    first = published(wave(0))
    kept = [Counted.read(one) for one in first.kept]
    assert any(one.groups_of_one == (("b0",), ("b4",)) for one in kept)
    again = published(wave(0), before=[kept])
    assert again.why == first.why
    more = {name: [*column, *wave(9)[name]] for name, column in wave(0).items()}
    later = published(more, before=[kept])
    attack(more, later)
