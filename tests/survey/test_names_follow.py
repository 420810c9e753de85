"""In a draft, a key and codes that were made of words go with them; what is in use, or was typed, stays."""

from questions import Selected
from tests.survey.conftest import House
from tests.survey.designing import AMARA, BEN, SET, change, draft, freeze, now, seen

ADDED = "questions/worries_here"


def begun(house: House) -> None:
    """A question that is just added, with yes and no."""
    assert change(house, "add", words="What worries you here?", new_kind="many", after="") == 303


def typed(
    house: House, labels: list[str], codes: list[str], who: str = BEN, path: str = ADDED, **more: str
) -> int:
    told = {"kind": "many", "prompt": "What worries you here?", "key": path.rpartition("/")[2], **more}
    return change(house, path, who, code=codes, label=labels, **told)


def codes(house: House, key: str = "worries_here") -> dict[str, str]:
    return {one.code: str(one.label) for one in now(house).question(key).choices}


def test_codes_say_what_the_choices_say_however_they_were_typed(house: House) -> None:
    """Yes and no become two choices, a third is a double by mistake, and is put right."""
    begun(house)
    typed(house, ["Knives", "No"], ["yes", "no"])
    typed(house, ["Knives", "Gangs"], ["knives", "no"])
    typed(house, ["Knives", "Gangs", "Knives"], ["knives", "gangs", ""])
    typed(house, ["Knives", "Gangs", "Nothing like that"], ["knives", "gangs", "knives_2"])
    assert codes(house) == {"knives": "Knives", "gangs": "Gangs", "nothing_like_that": "Nothing like that"}
    change(house, "step", do="undo")
    assert codes(house) == {"knives": "Knives", "gangs": "Gangs", "knives_2": "Knives"}


def test_both_at_once_and_back_again(house: House) -> None:
    begun(house)
    typed(house, ["Knives", "Gangs"], ["yes", "no"])
    typed(house, ["Gangs", "Knives"], ["knives", "gangs"])
    assert codes(house) == {"gangs": "Gangs", "knives": "Knives"}


def test_a_code_that_was_typed_stays(house: House) -> None:
    begun(house)
    typed(house, ["Knives", "Gangs"], ["w1", "w2"])
    typed(house, ["Blades", "Gangs"], ["w1", "w2"])
    assert codes(house) == {"w1": "Blades", "w2": "Gangs"}


def test_conditions_follow_the_codes_and_the_key(house: House) -> None:
    begun(house)
    change(house, "add", words="Where is that?", new_kind="text", after="")
    change(house, "questions/where_that/shown", do="text", text="selected(${worries_here}, 'yes')")
    typed(house, ["Knives", "No"], ["yes", "no"], prompt="What are you afraid of?")
    found = now(house)
    assert [str(one.label) for one in found.question("afraid").choices] == ["Knives", "No"]
    assert found.question("where_that").show_if == Selected("afraid", "knives")


def test_what_is_published_never_moves(house: House) -> None:
    begun(house)
    freeze(house, draft(house))
    typed(house, ["Knives", "No"], ["yes", "no"], prompt="What are you afraid of?")
    assert codes(house) == {"yes": "Knives", "no": "No"}


def test_what_a_set_begins_with_is_new_in_each_whoever_published_it_as_it_was(house: House) -> None:
    for title in ("Bus", "Train"):
        house.as_(BEN).post("/staff/sets", data={"title": title, "like": ""})
    freeze(house, draft(house, "bus"))
    first = {"kind": "one", "prompt": "What do you want to ask first?", "key": "first"}

    def save(where: str, **told: object) -> None:
        sent = {**first, "code": ["yes", "no"], **told}
        assert house.as_(BEN).post(f"/staff/sets/{where}/questions/first", data=sent).status_code == 303

    save("train", label=["Knives", "No"])
    assert [one.code for one in now(house, "train").question("first").choices] == ["knives", "no"]
    save("train", code=["knives", "no"], label=["Knives", "No"], prompt="What do you fear on a train?")
    assert [one.key for one in now(house, "train").questions] == ["fear_on_train"]
    save("bus", label=["Knives", "No"], prompt="What do you fear on a bus?")
    assert [one.key for one in now(house, "bus").questions] == ["first"]
    assert now(house, "bus").question("first").codes[:2] == ("yes", "no")


def test_a_form_that_was_on_its_way_finds_the_question_under_its_new_key(house: House) -> None:
    """A second field is changed before the answer to the first comes: its form still has the old address."""
    begun(house)
    typed(house, ["Yes", "No"], ["yes", "no"], prompt="What are you afraid of?")
    assert typed(house, ["Yes", "No"], ["yes", "no"], prompt="What are you afraid of?", hint="Say all") == 303
    assert str(now(house).question("afraid").hint) == "Say all"


def test_two_people_neither_loses_anything(house: House) -> None:
    """One changes the words, so the code moves; the other's form has the old code, and both are asked to look."""
    begun(house)
    opened = seen(house, AMARA)
    typed(house, ["Knives", "No"], ["yes", "no"])
    told = {"kind": "many", "prompt": "What worries you here?", "key": "worries_here", "seen": opened}
    form = {**told, "code": ["yes", "no"], "label": ["Yes", "Nothing"]}
    answer = house.as_(AMARA).post(f"{SET}/{ADDED}", data=form)
    assert answer.status_code == 409
    assert codes(house) == {"knives": "Knives", "no": "No"}
    required = {**told, "code": ["yes", "no"], "label": ["Yes", "No"], "required": "on"}
    assert house.as_(AMARA).post(f"{SET}/{ADDED}", data=required).status_code == 303
    assert codes(house) == {"knives": "Knives", "no": "No"}
    assert now(house).question("worries_here").required


def test_the_words_of_somebody_else_are_not_lost_with_the_key_they_had(house: House) -> None:
    begun(house)
    opened = seen(house, AMARA)
    typed(house, ["Yes", "No"], ["yes", "no"], prompt="What are you afraid of?")
    told = {"kind": "many", "prompt": "What do you fear?", "key": "worries_here", "seen": opened}
    form = {**told, "code": ["yes", "no"], "label": ["Yes", "No"]}
    assert house.as_(AMARA).post(f"{SET}/{ADDED}", data=form).status_code == 409
    assert str(now(house).question("afraid").prompt) == "What are you afraid of?"
    form |= {"prompt": "What worries you here?", "hint": "Say all"}
    assert house.as_(AMARA).post(f"{SET}/{ADDED}", data=form).status_code == 303
    found = now(house).question("afraid")
    assert (str(found.prompt), str(found.hint)) == ("What are you afraid of?", "Say all")
