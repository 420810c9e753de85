"""A recipe says how answers are weighted: it cannot be wrong, it reads as it was written, and it does what it says."""

from dataclasses import replace

import numpy as np
import pytest
from sqlmodel import Session, select

from analysis import Cube, Margin, SurveyDesign
from analysis.frame import Column
from questions import AGE_BANDS
from survey.db import transaction
from survey.measuring.recipes import CannotBeWeighted, Merge, Weighting, WrongRecipe, read, usual
from survey.measuring.rules import left_out, rules
from survey.measuring.weights import weigh
from survey.models import Collection, Consultation, Design, Setting
from survey.places import load
from tests.survey.conftest import House
from tests.survey.recipes import saved, used

LONDON = load("london")
USUAL = usual(LONDON)
CITY, WESTMINSTER, CAMDEN = "E09000001", "E09000033", "E09000007"


def people(fewer: float = 0.01, others: int = 0) -> SurveyDesign:
    """A sample of London: of each cell of the frame a share, more of the women; and some of another gender."""
    rows = [
        (
            cell.borough,
            cell.age_band,
            cell.gender,
            max(1, round(cell.people * fewer * (1 + (cell.gender == "female")))),
        )
        for cell in LONDON.frame
    ]
    rows += [("E09000022", "14-15", "another", others)] if others else []
    borough, age_band, gender, n = zip(*rows, strict=True)
    frame = {
        "borough": borough,
        "age_band": age_band,
        "gender": gender,
        "n": n,
        "answer": [i % 3 == 0 for i in n],
    }
    return SurveyDesign(frame, kind="quota", counts="n")


# As text


@pytest.mark.parametrize(
    "recipe",
    [
        USUAL,
        Weighting(LONDON, margins=(("borough", "gender", "age_band"),), fewer_than=20, others="refuse"),
        Weighting(
            LONDON,
            margins=(("borough", "age_band"), ("gender",)),
            merges=(Merge("borough", CITY, WESTMINSTER), Merge("age_band", "10-11", "12-13")),
            lowest=0.25,
            highest=4,
            base="equal",
        ),
    ],
)
def test_a_recipe_reads_as_it_was_written(recipe: Weighting) -> None:
    assert read(recipe.source(), LONDON) == recipe
    assert read(recipe.source(), LONDON).source() == recipe.source()


def test_all_that_is_wrong_with_a_recipe_is_told_at_once() -> None:
    source = f"""
place = "london"
frame = "{LONDON.frame_source}"
margins = ["borough", "borough x age_band", "ward", "gender x gender"]
fewer_than = 1
others = "guess"
base = "mine"
colour = "red"
[merge.borough]
{CITY} = "{CITY}"
E99 = "{WESTMINSTER}"
[merge.gender]
female = "male"
[trim]
lowest = 2
highest = 0.5
"""
    with pytest.raises(WrongRecipe) as wrong:
        read(source, LONDON)
    told = wrong.value.faults
    for words in (
        "“colour” is no part of a recipe",
        "The margin borough is in borough by age band already",
        "There is no margin ward",
        "gender x gender has a column twice",
        "from 2 to 1,000; not 1",
        "not guess",
        "not mine",
        "City of London cannot be weighted together with itself",
        "no borough E99",
        "gender is not weighted together",
        "from 0 to under 1; not 2",
        "over 1 and up to 100; not 0.5",
    ):
        assert sum(words in fault for fault in told) == 1, (words, told)
    assert len(told) == 12


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("margins = 3", "a list of words"),
        ("margins = [", "cannot be read as TOML"),
        ("margins = []", "There is no margin"),
        ('margins = ["age_band"]\nmerge = "City"', "stands as [merge.borough]"),
        ('margins = ["age_band"]\ntrim = 3', "stand as [trim]"),
        ('margins = ["age_band"]\ntrim = {highest = inf}', "not inf"),
        ('margins = ["age_band"]\ntrim = {lowest = "much"}', "not much"),
        ('margins = ["age_band"]\nfewer_than = true', "not True"),
        ('margins = ["borough x gender", "borough x age_band"]', "contradict each other"),
    ],
)
def test_a_wrong_line_is_told_with_its_mend(line: str, words: str) -> None:
    with pytest.raises(WrongRecipe, match=r".") as wrong:
        read(f'place = "london"\nframe = "{LONDON.frame_source}"\n{line}', LONDON)
    assert len(wrong.value.faults) == 1
    assert words in wrong.value.faults[0]


def test_chains_of_merges_are_told_by_name() -> None:
    with pytest.raises(WrongRecipe) as wrong:
        Weighting(LONDON, merges=(Merge("borough", CITY, CAMDEN), Merge("borough", CAMDEN, WESTMINSTER)))
    (fault,) = wrong.value.faults
    assert fault.startswith(
        "City of London is weighted together with Camden, which itself is with Westminster."
    )
    with pytest.raises(WrongRecipe, match="City of London is weighted together with two others"):
        Weighting(LONDON, merges=(Merge("borough", CITY, CAMDEN), Merge("borough", CITY, WESTMINSTER)))


def test_a_recipe_for_other_population_figures_is_refused_not_bent() -> None:
    later = replace(LONDON, frame_source="ONS mid-2024 population estimates")
    with pytest.raises(
        WrongRecipe, match="the population figures are now “ONS mid-2024 population estimates”"
    ):
        read(USUAL.source(), later)
    with pytest.raises(WrongRecipe, match="for the place paris"):
        read(USUAL.source().replace('"london"', '"paris"'), LONDON)


# As weights


def test_the_usual_recipe_is_raking_to_borough_age_and_gender() -> None:
    design = people(others=40)
    by_hand = design.rake(
        [
            Margin("borough", LONDON.population("borough"), merge={CITY: WESTMINSTER}),
            Margin("age_band", LONDON.population("age_band")),
            Margin("gender", LONDON.population("gender"), others="own share"),
        ]
    )
    made = USUAL.weighted(design)
    assert made.proportion("answer", by="borough").rows() == by_hand.proportion("answer", by="borough").rows()
    assert made.report() == by_hand.report()


def test_a_crossed_margin_meets_each_of_its_cells() -> None:
    crossed = replace(USUAL, margins=(("borough", "age_band"), ("gender",)))
    rows = crossed.weighted(people()).report().rows()
    cells = [row for row in rows if row["margin"] == "borough x age_band"]
    assert len(cells) == 32 * len(LONDON.population("age_band"))  # the City is in Westminster, age by age
    assert all(row["after"] == pytest.approx(row["target"], rel=1e-6) for row in rows)


def test_small_cells_are_weighted_together_with_the_next_age_in_their_borough() -> None:
    crossed = replace(USUAL, margins=(("borough", "age_band"), ("gender",)), fewer_than=60)
    design = people(fewer=0.005)
    (cells, _gender) = crossed.fitted(design)
    assert len(cells.merge) > 8
    assert all(cell[0] == into[0] or cell[0] == CITY for cell, into in cells.merge.items())
    told = " ".join(rules(crossed, crossed.fitted(design), by_chance=False))
    assert "Groups of fewer than 60 answers are weighted together with the next:" in told
    assert " more." in told
    assert "City of London with Westminster." in told


def test_weights_are_cut_to_times_the_mean() -> None:
    loose = USUAL.weighted(people()).report().after
    tight = replace(USUAL, lowest=0.5, highest=1.4).weighted(people()).report()
    assert loose.max_over_mean > 1.4
    assert tight.after.max_over_mean == pytest.approx(1.4, abs=0.0001)
    assert tight.after.n_eff > loose.n_eff
    assert any(abs(row["after"] - row["target"]) > 0.001 for row in tight.rows())


def test_bounds_that_no_weights_keep_are_refused_with_the_mend() -> None:
    with pytest.raises(
        CannotBeWeighted, match=r"No weights between 0.99999 and 1.00001 times the mean .* Widen"
    ):
        replace(USUAL, lowest=0.99999, highest=1.00001).weighted(people())


def test_everything_that_cannot_be_weighted_is_told_by_name_and_at_once() -> None:
    design = people(others=12)
    frame = design.cube(["borough", "age_band", "gender", "answer"])
    camden = frame.axis("borough").levels.index(CAMDEN)
    nobody = SurveyDesign(frame.where(frame.axis("borough").codes != camden), kind="quota")
    with pytest.raises(CannotBeWeighted) as wrong:
        replace(USUAL, others="refuse").weighted(nobody)
    empty, strange = wrong.value.reasons
    assert empty.startswith("Nobody who answered is in Camden, so")
    assert strange.startswith("Of 12 people no gender is known")


def test_a_few_people_are_not_counted_out_loud() -> None:
    with pytest.raises(CannotBeWeighted, match="Of fewer than 10 people no gender"):
        replace(USUAL, others="refuse").weighted(people(others=4))


def test_margins_that_cannot_meet_are_told_with_the_mend() -> None:
    # Each borough has one age only, so that nothing can meet.
    frame: dict[str, list[str]] = {"borough": [], "age_band": [], "gender": []}
    boroughs, bands = [one.code for one in LONDON.boroughs], list(AGE_BANDS)
    for at, borough in enumerate(boroughs):
        frame["borough"] += [borough] * 20
        frame["age_band"] += [bands[min(at, len(bands) - 1)]] * 20
        frame["gender"] += ["female", "male"] * 10
    with pytest.raises(CannotBeWeighted, match=r"Weighting does not settle: in .* use fewer margins"):
        USUAL.weighted(SurveyDesign(frame, kind="quota"))


# In a collection


def cube_of(settings: list[int | None], answers: list[bool]) -> Cube:
    """A sample of London in which everybody of a cell came in by one setting, by turns."""
    columns: dict[str, list[object]] = {
        "setting": [settings[at % len(settings)] for at in range(len(LONDON.frame))],
        "stratum": ["one"] * len(LONDON.frame),
        "borough": [cell.borough for cell in LONDON.frame],
        "age_band": [cell.age_band for cell in LONDON.frame],
        "gender": [cell.gender for cell in LONDON.frame],
        "answer": [answers[at % len(answers)] for at in range(len(LONDON.frame))],
    }
    people = np.full(len(LONDON.frame), 10.0)
    axes = []
    for name, values in columns.items():
        levels = tuple(dict.fromkeys(value for value in values if value is not None))
        axes.append(
            Column(name, np.array([levels.index(v) if v is not None else -1 for v in values]), levels)
        )
    return Cube(tuple(axes), people, people, people)


def collected(house: House, session: Session, design: Design, chances: list[float | None]) -> Collection:
    """A collection of a design in London, with one setting for each chance."""
    consultation = session.exec(select(Consultation)).one()
    consultation.place = "london"
    (first,) = consultation.collections
    made = Collection(
        consultation_id=consultation.id or 0, instrument_id=first.instrument_id, name="Drawn", design=design
    )
    made.settings = [
        Setting(collection_id=0, code=f"DRAWN{at}", name=f"School {at}", chance=chance)
        for at, chance in enumerate(chances)
    ]
    session.add(made)
    session.flush()
    return made


def test_a_setting_that_was_drawn_seldom_counts_for_more(house: House) -> None:
    with transaction(house.engine) as session:
        drawn = collected(house, session, Design.PROBABILITY, [0.5, 0.1])
        cube = cube_of([one.id for one in drawn.settings], [True, False])
        age = replace(USUAL, margins=(("age_band",),))
        weighed = weigh(drawn, cube, LONDON, weighting=age)
        (row,) = weighed.design.proportion("answer").rows()
        assert weighed.before.proportion("answer").rows()[0]["estimate"] == pytest.approx(2 / 12)
        assert row["estimate"] == pytest.approx(2 / 12, abs=0.02)
        assert "Before that each answer counts as one over the chance" in " ".join(weighed.notes)
        alike = weigh(drawn, cube, LONDON, weighting=replace(age, base="equal"))
        assert alike.design.proportion("answer").rows()[0]["estimate"] == pytest.approx(1 / 2, abs=0.02)


def test_chances_count_without_a_place_too_and_only_where_people_were_drawn(house: House) -> None:
    with transaction(house.engine) as session:
        drawn = collected(house, session, Design.PROBABILITY, [0.5, 0.1])
        cube = cube_of([one.id for one in drawn.settings], [True, False])
        assert weigh(drawn, cube, None).design.proportion("answer").rows()[0]["estimate"] == pytest.approx(
            2 / 12
        )
        assert "one over the chance" in weigh(drawn, cube, None).notes[0]
        drawn.design = Design.GATEKEPT
        assert weigh(drawn, cube, None).design.proportion("answer").rows()[0]["estimate"] == pytest.approx(
            1 / 2
        )
        assert weigh(drawn, cube, None).notes == ("Every answer counts the same: nothing is weighted.",)


def test_chances_that_are_half_known_are_refused_by_name(house: House) -> None:
    with transaction(house.engine) as session:
        drawn = collected(house, session, Design.PROBABILITY, [0.5, None])
        cube = cube_of([one.id for one in drawn.settings], [True, False])
        weighed = weigh(drawn, cube, LONDON)
        assert not weighed.weighted
        assert "School 1 (DRAWN1) has none" in weighed.notes[0]
        drawn.settings[1].chance = 0.2
        by_none = weigh(drawn, cube_of([drawn.settings[0].id, None], [True, False]), LONDON)
        assert "some came in by none" in by_none.notes[0]


def test_the_recipe_in_use_is_the_one_that_weights(house: House) -> None:
    with transaction(house.engine) as session:
        made = collected(house, session, Design.GATEKEPT, [None])
        cube = cube_of([made.settings[0].id], [True, False])
        assert weigh(made, cube, LONDON).weighting == USUAL
        age = replace(USUAL, margins=(("age_band",),))
        used(session, made, saved(session, made.id, age.source(), "Age"))
        weighed = weigh(made, cube, LONDON)
        assert weighed.weighting == age
        assert weighed.notes[0] == "By the recipe “Age”, version 1."
        later = replace(LONDON, frame_source="ONS mid-2024")
        unfit = weigh(made, cube, later)
        assert not unfit.weighted
        assert "These figures are not weighted to London. It weights to “ONS mid-2023" in unfit.notes[0]


@pytest.mark.parametrize("change", ["UPDATE recipe SET source = ''", "DELETE FROM recipe"])
def test_a_saved_recipe_never_changes(house: House, change: str) -> None:
    with transaction(house.engine) as session:
        made = collected(house, session, Design.GATEKEPT, [None])
        saved(session, made.id, "", "A")
    with pytest.raises(Exception, match="recipe rows never change"), house.engine.begin() as connection:
        connection.exec_driver_sql(change)


def test_who_is_left_out_is_told_roughly_and_a_few_never_as_a_number() -> None:
    few = {left_out(people, LONDON) for people in range(10)}
    assert len(few) == 1
    assert few.pop().endswith(" They are fewer than 10.")
    assert left_out(233, LONDON) == left_out(234, LONDON)
    assert left_out(1234, LONDON).endswith(" They are about 1,235.")
