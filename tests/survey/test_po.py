"""Words go out as a PO file and come in again: all of them, or none with every fault and its line."""

import datetime as dt

import pytest
from hypothesis import assume, given, settings

from questions import QuestionSet, read
from questions.translating import MISSING, Said, faults, said_in, spots, translated
from survey.designer.forms import WrongForm
from survey.designer.po import LARGEST, brought, fitting, po_file
from survey.designer.tongues import Tongue
from survey.web import LARGEST_UPLOAD
from tests.questions.test_translating import EVERYTHING, renderings
from tests.survey.conftest import House
from tests.survey.test_translating import AMARA, BEN, BENGALI, PRIYA, SET, bengali, did, now, sheet

BENGALI_OF = Tongue("bn", "বাংলা", "Bangla", "ltr", True)
MIDDAY = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)


def everything() -> QuestionSet:
    asked = read(EVERYTHING)
    told: dict[str, Said] = {
        "borough.hint": ("থাকুন", "draft"),
        "borough.prompt": ("কোথায়\n“থাকেন”?", "reviewed"),
        "title.prompt": ("${borough} কেমন?", "translated"),
    }
    return translated(asked, "bn", told)


def out(question_set: QuestionSet, language: str = "bn") -> str:
    return po_file(question_set, Tongue(language, "", "", "ltr", True), 7, MIDDAY)


def taken(
    text: str | bytes, question_set: QuestionSet | None = None, language: str = "bn"
) -> dict[str, Said]:
    content = text if isinstance(text, bytes) else text.encode()
    return fitting(question_set or everything(), language, brought(content))


def refused(text: str | bytes) -> tuple[str, ...]:
    with pytest.raises(WrongForm) as wrong:
        taken(text)
    return wrong.value.messages


@given(renderings())
@settings(max_examples=15, deadline=None)
def test_a_file_says_what_the_set_says(case: tuple[QuestionSet, str, dict[str, Said]]) -> None:
    question_set, language, told = case
    changed = translated(question_set, language, told)
    assume(not faults(changed, language, said_in(changed, language)))
    text = out(changed, language)
    for way in (text, text.replace("\n", "\r\n"), "\ufeff" + text):
        file = brought(way.encode())
        assert (file.key, file.at, file.language) == (question_set.key, 7, language)
        found = fitting(changed, language, file)
        assert found == {
            address: one for address, one in said_in(changed, language).items() if one != MISSING
        }
        assert [entry.address for entry in file.entries] == [spot.address for spot in spots(changed)]


def test_a_file_tells_a_translator_where_each_text_stands_and_how_far_it_is() -> None:
    text = po_file(everything(), BENGALI_OF, 7, MIDDAY)
    assert text.startswith("# The words of “All” in বাংলা (Bangla).\n")
    assert '"Project-Id-Version: all 7\\n"' in text
    reviewed = (
        '# reviewed\n#. The words of question 1\nmsgctxt "borough.prompt"\nmsgid "Where do you live?"\n'
    )
    assert reviewed + 'msgstr ""\n"কোথায়\\n"\n"“থাকেন”?"\n' in text
    draft = '#. The hint under question 1: Where do you live?\n#, fuzzy\nmsgctxt "borough.hint"\n'
    assert draft in text
    assert '#. A choice of question 1: Where do you live?\nmsgctxt "borough.choices.E09.1"\n' in text


def test_words_that_look_like_code_are_not_marked_as_such() -> None:
    asked = read(EVERYTHING.replace("Write less.", "100 % sure, {or} not"))
    assert "python" not in out(asked)


def test_other_tools_may_wrap_reorder_and_comment() -> None:
    text = """
# made with something else
msgid ""
msgstr "Project-Id-Version: all 3\\nLanguage: bn\\n"

# Seen by Rahim.
#  Reviewed.
#| msgid "Before"
msgctxt "title.prompt"
msgid "What is "
"${borough} like?"
msgstr ""
"${borough} "
"কেমন?"

#~ msgctxt "old"
#~ msgid "gone"
#~ msgstr "গেছে"
"""
    assert taken(text) == {"title.prompt": ("${borough} কেমন?", "reviewed")}


# What is refused


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_everything_that_does_not_fit_is_said_at_once_with_its_line() -> None:
    text = out(everything())
    wrong = (
        text.replace('msgid "Or stay"', 'msgid "Or stay put"')
        .replace('"${borough} কেমন?"', '"${age} কেমন?"')
        .replace('"page first.note"', '"page frist.note"')
        .replace('msgctxt "borough.dont_know"', 'msgctxt "title"')
    )
    title, note, hint, again, prompt = (
        f"line {line_of(wrong, f'msgid {words}')}"
        for words in ('"All"', '"Skip', '"Or stay put"', '"I don’t know"', '"What is')
    )
    assert list(refused(wrong)) == [
        f"{title}, title: This is in the file 2 times. Keep one.",
        f"{note}, page frist.note: The set has no text of this name. Did you mean “page first.note”?",
        f"{hint}, borough.hint: The source has changed since. It says now: Or stay",
        f"{again}, title: The source has changed since. It says now: All",
        f"{prompt}, title.prompt: ${{borough}} is lost. An answer comes in its place: put it where that belongs.",
        f"{prompt}, title.prompt: ${{age}} is not in the source. Take it out.",
    ]


def test_a_file_of_another_set_or_language_is_refused_as_a_whole() -> None:
    text = out(everything())
    assert list(refused(text.replace("Version: all 7", "Version: pulse 7"))) == [
        "line 1: This is not a PO file of all: it is of “pulse”. Download one here and use that."
    ]
    assert "it does not say which set it is of" in refused(text.replace("Project-Id-Version", "X-Other"))[0]
    assert (
        "This file is in pt-BR, and this page is about bn"
        in refused(text.replace("Language: bn", "Language: pt_BR"))[0]
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04\x00\xff", "line 1: This is not UTF-8"),
        (b'msgid ""\nmsgstr ""\n\xff', "line 3: This is not UTF-8"),
        (b"Dear all,\nhere is it", "line 1: This is not PO. It says: Dear all,"),
        (b'msgstr "x"', "line 1: This is not PO"),
        (b'msgid "x"\nmsgid "y"\nmsgstr "z"', "line 2: This is not PO"),
        (b'msgid "x"\nmsgstr "y" z', "line 2: This is not PO"),
        (b'"x"\nmsgid "x"', "line 1: This is not PO"),
        (b'msgid "x"', "This is not PO"),
        (b'msgid "x"\nmsgid_plural "xs"\nmsgstr "y"', "line 3: This is not PO"),
        (b"", "it does not say which set it is of"),
        (b"\n" * (LARGEST + 1), "larger than 2 MB"),
    ],
)
def test_what_is_no_po_file_is_refused(content: bytes, told: str) -> None:
    assert told in refused(content)[0]


def test_a_thousand_wrong_lines_are_told_by_some() -> None:
    messages = refused("x\n" * 1000)
    assert (len(messages), messages[-1]) == (51, "… and 950 more like these.")


def test_plurals_are_none_of_ours() -> None:
    text = out(everything()).replace(
        'msgid "Or stay"\nmsgstr "থাকুন"', 'msgid "Or stay"\nmsgid_plural "x"\nmsgstr[0] "a"\nmsgstr[1] "b"'
    )
    assert "borough.hint: The source has changed since" in refused(text)[0]


# On the page


def send(house: House, content: str | bytes, who: str = BEN) -> tuple[int, str]:
    answer = house.as_(who).post(f"{BENGALI}/po", files={"file": ("tiny-bn.po", content)})
    return answer.status_code, answer.text


def test_a_file_goes_out_and_its_words_come_in(house: House) -> None:
    answer = house.as_(PRIYA).get(f"{BENGALI}/po")
    assert answer.headers["content-disposition"] == 'attachment; filename="tiny-bn.po"'
    assert answer.headers["content-type"].startswith("text/x-gettext-translation")
    text = answer.text.replace('msgid "Tiny"\nmsgstr ""', 'msgid "Tiny"\nmsgstr "ছোট"')
    assert send(house, text)[0] == 303
    assert bengali(house) == {"title": ("ছোট", "translated")}
    assert did(house)[0] == "changed 1 text in Bangla"
    assert send(house, text)[0] == 303
    assert len(did(house)) == 2
    for taken, words in ((1, "The file changed 1 text."), (0, "The file says what stands here already.")):
        assert words in house.as_(PRIYA).get(f"{BENGALI}?taken={taken}").text


def test_a_file_that_is_older_than_a_change_takes_nothing_back(house: House) -> None:
    sheet(house).write(title="এক", helps__prompt="সাহায্য?").send()
    old = house.as_(BEN).get(f"{BENGALI}/po").text
    sheet(house, AMARA).write(title="দুই").send()
    new = old.replace(
        'msgid "What makes you worry?"\nmsgstr ""', 'msgid "What makes you worry?"\nmsgstr "কেন?"'
    )
    assert send(house, new)[0] == 303
    assert bengali(house)["title"] == ("দুই", "translated")
    assert bengali(house)["why.prompt"] == ("কেন?", "translated")
    before = now(house)
    status, page = send(house, old.replace('"এক"', '"তিন"'))
    assert status == 422
    assert "title: Somebody changed this after the file was made. It says now: দুই" in page
    assert now(house) == before


def test_a_wrong_file_changes_nothing_and_no_file_says_so(house: House) -> None:
    status, page = send(house, "hello")
    assert (status, "line 1: This is not PO. It says: hello" in page) == (422, True)
    assert ("That file was not taken" in page, "This is not saved yet" in page) == (True, False)
    assert "Choose a PO file first" in house.as_(BEN).post(f"{BENGALI}/po").text
    assert did(house) == []


def test_a_reviewed_comment_left_beside_other_words_does_not_count(house: House) -> None:
    sheet(house).write(title="এক").say("reviewed", "title").send()
    text = house.as_(BEN).get(f"{BENGALI}/po").text
    send(house, text.replace('"এক"', '"দুই"'))
    assert bengali(house) == {"title": ("দুই", "translated")}
    text = house.as_(BEN).get(f"{BENGALI}/po").text
    send(
        house,
        text.replace("#. The title of the question set", "# reviewed\n#. The title of the question set"),
    )
    assert bengali(house) == {"title": ("দুই", "reviewed")}


def test_fifty_megabytes_are_refused_before_they_are_kept(house: House) -> None:
    status, _page = send(house, b"#" * (LARGEST_UPLOAD + 2**20))
    assert status == 413
    assert house.as_(BEN).get(f"{SET}/languages").status_code == 200
