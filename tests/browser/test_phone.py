"""A phone goes on without the network: it agrees with the server, loses nothing, and says only what is so."""

import json
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Dialog, Page, Route, expect

from questions import Answer, QuestionSet, as_sent, path, validate
from survey.answering.ahead import rules
from survey.languages import read_languages
from survey.web.rendering import static_address
from tests.browser import walk
from tests.browser.conftest import Site, Visit
from tests.browser.look import violations
from tests.questions.strategies import answers, question_sets
from tests.questions.vectors import FILE

pytestmark = pytest.mark.browser

ENGLISH = read_languages()["en"]
ME = "AAAAAAAAAAAAAAAAAAAAAA"
AGE = """(hours) => {
  for (const [key, kept] of Object.entries(localStorage)) {
    const { writes } = JSON.parse(kept);
    writes.forEach((one, at) => (one.at = Date.now() - hours[at] * 3_600_000));
    localStorage.setItem(key, JSON.stringify({ writes }));
  }
}"""
AGES = """() => Object.values(localStorage)
  .flatMap((kept) => JSON.parse(kept).writes.map(({ at }) => Math.round((Date.now() - at) / 3_600_000)))"""
MANY = 120  # sets that the phone and the server are asked about


@pytest.fixture
def script(visit: Visit) -> Callable[[str, Any], Any]:
    """Runs a function of the phone's script, `async (phone, given) => ...`, in a real browser."""
    page = visit()
    page.goto("/what-we-keep")

    def run(function: str, given: Any) -> Any:
        module = f"import({json.dumps(static_address('answering.js'))})"
        return page.evaluate(f"async (given) => ({function})(await {module}, given)", given)

    return run


def test_every_condition_holds_on_the_phone_as_on_the_server(script: Callable[[str, Any], Any]) -> None:
    vectors = json.loads(FILE.read_text(encoding="utf-8"))
    trees = [vector["tree"] for vector in vectors["conditions"]]
    found = script(
        "(phone, [trees, all]) => trees.map((tree) => all.map((answers) => phone.holds(tree, answers)))",
        [trees, vectors["answers"]],
    )
    assert found == [vector["holds"] for vector in vectors["conditions"]]


def examples(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Some values of a strategy, for a browser to look at all at once."""
    found: list[Any] = []

    @settings(max_examples=count, phases=[Phase.generate], database=None, derandomize=True,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


@st.composite
def answered(draw: st.DrawFn) -> tuple[QuestionSet, dict[str, Answer]]:
    """A set, and what somebody answered."""
    question_set = draw(question_sets())
    return question_set, draw(answers(question_set))


def for_phone(question_set: QuestionSet) -> dict[str, Any]:
    """The rules of a set for one person, in its own language."""
    return rules(question_set, ME, ENGLISH, str)


@pytest.mark.browser_long
def test_the_phone_walks_every_path_as_the_server_does(script: Callable[[str, Any], Any]) -> None:
    cases = examples(answered(), MANY)
    found = script(
        "(phone, cases) => cases.map(([pages, answers]) => "
        "phone.path(pages, answers).map((page) => page.questions.map((one) => one.key)))",
        [[for_phone(one)["pages"], given] for one, given in cases],
    )
    assert found == [
        [[question.key for question in page.questions] for page in path(one, given, ME)]
        for one, given in cases
    ]


@st.composite
def sent(draw: st.DrawFn) -> tuple[QuestionSet, dict[str, list[str]]]:
    """A set, and what a form of all its questions might send: answers that are fine, and others."""
    question_set, given = draw(answered())
    odd = st.sampled_from(["12", "1.5", "1,5", "-3", "99999", "১২", "٣", "x", "1e3", " 7 ", ""])
    form = {}
    for question in question_set.questions:
        written = st.lists(odd, max_size=1) if question.kind == "number" else st.just([])
        ticked = st.lists(st.sampled_from(question.codes), unique=True) if question.codes else st.just([])
        fine = as_sent(given.get(question.key))
        if question.kind == "text":
            form[question.key] = draw(st.sampled_from([fine, [], ["a" * 5000], ["  two words "]]))
        elif question.kind in ("one", "scale"):
            form[question.key] = fine
        else:
            form[question.key] = draw(st.one_of(st.just(fine), st.builds(list.__add__, written, ticked)))
    return question_set, form


@pytest.mark.parametrize("count", [MANY // 5, pytest.param(MANY, marks=pytest.mark.browser_long)])
def test_the_phone_refuses_what_the_server_refuses_in_the_same_words(
    script: Callable[[str, Any], Any], count: int
) -> None:
    cases = examples(sent(), count)
    found = script(
        """(phone, cases) => cases.map(([rules, labels, form]) => Object.fromEntries(
          rules.pages.flatMap((page) => page.questions).map((question) => [question.key,
            phone.check(question, form[question.key], rules.said, (code) => labels[question.key][code])])))""",
        [[for_phone(one), _labels(one), form] for one, form in cases],
    )
    for (question_set, form), on_phone in zip(cases, found, strict=True):
        checked = validate(question_set.questions, form)
        wrong = {key: str(message) for key, message in checked.messages.items()}
        assert {key: one["wrong"] for key, one in on_phone.items() if one.get("wrong")} == wrong
        kept = {key: one["answer"] for key, one in on_phone.items() if "answer" in one}
        assert {key: _unordered(value) for key, value in kept.items()} == {
            key: _unordered(value) for key, value in checked.answers.items()
        }


def _labels(question_set: QuestionSet) -> dict[str, dict[str, str]]:
    return {
        question.key: {option.code: str(option.label) for option in question.options}
        for question in question_set.questions
    }


def _unordered(answer: Any) -> Any:
    return sorted(answer) if isinstance(answer, list) else answer


# The network comes and goes


def ready(page: Page) -> None:
    """Wait until the pages ahead are on the phone."""
    with page.expect_response("**/ahead/**"):
        page.goto("/s/THAMES")
    page.wait_for_function(
        "performance.getEntriesByType('resource').some((one) => one.name.includes('/ahead/'))"
    )
    page.wait_for_load_state("networkidle")


def stored(site: Site, page: Page) -> dict[str, Answer]:
    """The answers that the server has of the response on a page."""
    key = page.url.partition("/r/")[2][:22]
    return next((one.answers for one in site.responses() if one.key == key), {})


def test_with_no_signal_one_goes_on_and_everything_arrives_later(visit: Visit, site: Site) -> None:
    page = visit()
    ready(page)
    walk.say_yes(page)
    for _ in range(3):
        walk.answer(page)
        page.get_by_role("button", name="Next").click()
    expect(page.locator("main .kept")).to_have_text("Saved.")
    page.context.set_offline(True)
    for _ in range(4):
        walk.answer(page)
        page.get_by_role("button", name="Next").click()
        expect(page.locator("main .kept")).to_have_text(
            "Saved on this phone. It will be sent when you have signal."
        )
    assert len(stored(site, page)) == 3
    assert len(json.loads(page.evaluate("Object.values(localStorage)[0]"))["writes"]) == 4
    page.context.set_offline(False)
    expect(page.locator("main .kept")).to_have_text("Saved.")
    assert len(stored(site, page)) == 7
    assert page.evaluate("localStorage.length") == 0
    page.go_back()
    assert page.locator("input:checked").count() == 1
    page.reload()
    assert page.locator("input:checked").count() == 1
    walk.answer_all(page)
    walk.send(page)
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize("loaded_again", [False, True])
def test_the_phone_says_how_long_it_took_where_it_knows(visit: Visit, loaded_again: bool) -> None:
    page = visit()
    page.add_init_script(
        "const real = performance.now.bind(performance); performance.now = () => real() + (window.later || 0)"
    )
    ready(page)
    walk.say_yes(page)
    walk.answer(page)
    page.get_by_role("button", name="Next").click()
    expect(page.locator("main .kept")).to_have_text("Saved.")
    if loaded_again:
        page.reload()
        page.wait_for_load_state("networkidle")
    page.evaluate("window.later = 95_000")
    walk.answer_all(page)
    with page.expect_request(lambda sent: sent.method == "POST" and "check-answers" in sent.url) as sent:
        walk.send(page)
    (said,) = parse_qs(sent.value.post_data or "", keep_blank_values=True)["took"]
    assert said == "" if loaded_again else 95 <= int(said) < 95 + 120


@pytest.mark.parametrize("loaded_again", [False, True])
def test_the_phone_says_about_how_long_a_page_took_where_it_showed_it(
    visit: Visit, loaded_again: bool
) -> None:
    page = visit()
    page.add_init_script(
        "const real = performance.now.bind(performance); performance.now = () => real() + (window.later || 0)"
    )
    ready(page)
    walk.say_yes(page)
    if loaded_again:
        with page.expect_response("**/ahead/**"):
            page.reload()
        page.wait_for_load_state("networkidle")
    page.evaluate("window.later = 130_000")
    walk.answer(page)
    with page.expect_request(lambda sent: sent.method == "POST" and "turn=1" in sent.url) as sent:
        page.get_by_role("button", name="Next", exact=True).click()
    told = parse_qs(sent.value.post_data or "", keep_blank_values=True)["page-span"]
    assert told == ["" if loaded_again else "5"]


def test_closing_the_page_asks_while_something_is_not_sent(visit: Visit) -> None:
    page = visit()
    ready(page)
    walk.say_yes(page)
    expect(page.locator("h1")).to_be_visible()
    page.wait_for_load_state("networkidle")
    asked: list[str] = []

    def hear(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", hear)
    page.context.set_offline(True)
    walk.answer(page)
    page.get_by_role("button", name="Next").click()
    page.close(run_before_unload=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    page.context.set_offline(False)
    expect(page.locator("main .kept")).to_have_text("Saved.")


def test_leaving_empties_the_phone_at_once(visit: Visit) -> None:
    page = visit()
    ready(page)
    walk.say_yes(page)
    walk.answer(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Next").click()
    expect(page.locator("main .kept")).to_contain_text("Saved on this phone")
    page.context.set_offline(False)
    page.get_by_role("button", name="Leave now").click()
    expect(page.get_by_role("heading", name="This page is closed")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    page.go_back()
    assert page.get_by_text("How worried are you").count() == 0


class Trouble:
    """A network that loses, repeats, delays and refuses, as chance has it; the same for a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.met: dict[str, int] = {}

    def __call__(self, route: Route) -> None:
        """Do something to a request, or let it through."""
        if route.request.method != "POST":
            route.continue_()
            return
        ways = ("lost", "lost after", "twice", "503", "through", "through")
        way = self.chance.choice(ways)
        self.met[way] = self.met.get(way, 0) + 1
        if way == "lost":
            route.abort()
        elif way == "503":
            route.fulfill(status=503, body="busy")
        elif way == "through":
            route.continue_()
        else:
            route.fetch()
            route.abort() if way == "lost after" else route.continue_()


@pytest.mark.parametrize("seed", [1, 2])
def test_on_a_network_that_loses_and_repeats_every_answer_arrives_once(
    visit: Visit, site: Site, seed: int
) -> None:
    page = visit()
    ready(page)
    page.evaluate(
        "setInterval(() => dispatchEvent(new Event('online')), 100)"
    )  # signal is back again and again
    trouble = Trouble(seed)
    page.route("**/*", trouble)
    walk.say_yes(page)
    given: dict[str, list[str]] = {}

    while walk.key_of(page) != "check-answers":
        walk.answer(page)
        values = walk.VALUES
        given[walk.key_of(page)] = page.evaluate(values)
        page.get_by_role("button", name="Next").click()
    expect(page.locator("main .kept")).to_have_text("Saved.", timeout=60_000)
    assert {key: as_sent(answer) for key, answer in stored(site, page).items()} == {
        key: [value.replace("\r\n", "\n") for value in values] for key, values in given.items()
    }
    walk.send(page)
    (response,) = [
        one for one in site.responses() if one.submitted_on and one.answers.keys() == given.keys()
    ][-1:]
    assert response.turns == {}
    assert len(trouble.met) == 5


def test_shift_three_times_leaves_from_any_page(visit: Visit) -> None:
    for scripted in (True, False):
        page = visit()
        if scripted:
            ready(page)
        else:  # the pages ahead never come: leaving works all the same
            page.route("**/ahead/**", lambda route: route.abort())
        walk.start(page)
        expect(page.locator("label.choice").first).to_be_visible()
        page.wait_for_load_state()  # until then nobody listens
        for _ in range(3):
            page.keyboard.press("Shift")
        expect(page.get_by_role("heading", name="This page is closed")).to_be_visible()
        page.go_back()
        assert page.get_by_text("How worried are you").count() == 0


def test_everything_is_hidden_before_the_network_is_asked(visit: Visit) -> None:
    page = visit()
    ready(page)
    walk.say_yes(page)
    walk.answer(page)
    page.evaluate(
        """document.addEventListener("submit", () => {
             setTimeout(() => console.info(JSON.stringify(
               [getComputedStyle(document.documentElement).display, document.title])), 0);
           })"""
    )
    page.route("**/left*", lambda route: None)  # a network that never answers
    with page.expect_console_message(lambda message: "none" in message.text) as heard:
        page.get_by_role("button", name="Leave now").click(no_wait_after=True)
    assert json.loads(heard.value.text) == ["none", "Soundings"]


VOICE = """
window.said = [];
const voices = [{ lang: "en-GB", name: "A voice" }];
Object.defineProperty(window, "speechSynthesis", { value: {
  speaking: false, getVoices: () => voices, cancel() {}, addEventListener() {},
  speak: (told) => said.push([told.lang, told.text]),
} });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


def test_a_question_is_read_aloud_where_the_browser_has_a_voice(visit: Visit) -> None:
    page = visit(scripts=False)
    walk.start(page)
    expect(page.locator("main .aloud")).to_be_hidden()
    page = visit()
    page.add_init_script(VOICE)
    ready(page)
    walk.say_yes(page)
    page.get_by_role("button", name="Read it aloud").click()
    ((language, words),) = page.evaluate("said")
    assert language == "en"
    assert words.startswith("How worried are you about knife crime in the area where you live?")
    assert "Very worried. Fairly worried" in words


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_help_is_shown_at_once_beside_an_answer_that_may_hurt(visit: Visit, scripts: bool) -> None:
    page = visit(scripts=scripts)
    if scripts:
        ready(page)
    walk.start(page)
    while walk.key_of(page) != "know_someone_affected":
        walk.answer(page)
        page.get_by_role("button", name="Next").click()
    page.context.set_offline(True)
    panel = page.get_by_text("If you want to talk, these people listen.")
    expect(panel).to_be_hidden()
    page.get_by_label("No", exact=True).check()
    expect(panel).to_be_hidden()
    page.get_by_label("Yes, me or someone close to me").check()
    expect(panel).to_be_visible()
    assert not scripts or violations(page) == []
    page.get_by_label("No", exact=True).check()
    expect(panel).to_be_hidden()
    page.context.set_offline(False)


def answer_one(page: Page) -> None:
    """Answer the question on the page, and see the next."""
    before = walk.key_of(page)
    walk.answer(page)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator(f"main [data-question='{before}'].question")).to_have_count(0)


def test_a_start_that_is_refused_is_said_at_once_and_nothing_waits(visit: Visit) -> None:
    page = visit()
    ready(page)
    page.route("**/s/THAMES", lambda route: route.fulfill(
        status=403, json={"title": "You cannot take part with this code", "sentence": "Nothing was kept."}
    ))  # fmt: skip
    walk.say_yes(page)
    expect(page.get_by_role("heading", name="You cannot take part with this code")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    expect(page.get_by_role("link", name="Back")).to_have_attribute("href", "/s/THAMES")


def test_a_change_from_the_check_page_asks_only_what_is_new(visit: Visit) -> None:
    page = visit()
    ready(page)
    walk.say_yes(page)
    while walk.key_of(page) != "check-answers":
        if walk.key_of(page) == "at_school":
            page.locator("label.choice").nth(1).click()
            page.get_by_role("button", name="Next", exact=True).click()
            expect(page.locator("main [data-question='at_school'].question")).to_have_count(0)
        else:
            answer_one(page)
    page.locator("[data-question=at_school] a").click()
    answer_one(page)
    assert walk.key_of(page) == "safe_school"
    answer_one(page)
    assert walk.key_of(page) == "check-answers"


def test_saved_never_stands_beside_an_answer_that_is_not(visit: Visit) -> None:
    page = visit()
    ready(page)
    walk.say_yes(page)
    answer_one(page)
    expect(page.locator("main .kept")).to_have_text("Saved.")
    page.locator("label.choice").first.click()
    expect(page.locator("main .kept")).to_have_text("")


def test_what_somebody_else_refuses_in_our_place_waits(visit: Visit, site: Site) -> None:
    page = visit()
    ready(page)
    walk.say_yes(page)
    answer_one(page)
    expect(page.locator("main .kept")).to_have_text("Saved.")
    filtered = "<h1>This site is blocked at school</h1>"
    page.route("**/r/**", lambda one: one.fulfill(status=403, content_type="text/html", body=filtered))
    answer_one(page)
    answer_one(page)
    expect(page.locator("main .kept")).to_have_text(
        "Saved on this phone. It will be sent when you have signal."
    )
    page.unroute("**/r/**")
    expect(page.locator("main .kept")).to_have_text("Saved.", timeout=20_000)
    assert len(stored(site, page)) == 3


def test_what_waits_is_kept_a_day_from_when_it_was_given(visit: Visit) -> None:
    page = visit()
    ready(page)
    walk.say_yes(page)
    answer_one(page)
    expect(page.locator("main .kept")).to_have_text("Saved.")

    def no_writes(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=503)
        else:
            route.continue_()

    page.context.route("**/*", no_writes)
    answer_one(page)
    answer_one(page)
    expect(page.locator("main .kept")).to_contain_text("Saved on this phone.")
    other = page.context.new_page()
    other.goto("/what-we-keep")
    page.close()
    for hours, left in (([1, 23], [1, 23]), ([25, 23], [23]), ([25], [])):
        other.evaluate(AGE, hours)
        with other.expect_response("**/ahead/**"):
            other.goto("/s/THAMES")
        other.wait_for_timeout(2_500)  # it tries again, and keeps again what it cannot send
        assert sorted(other.evaluate(AGES)) == left


def test_a_receipt_is_shown_wherever_the_answers_went_in_at_last(visit: Visit) -> None:
    page = visit()
    ready(page)
    walk.say_yes(page)
    while walk.key_of(page) != "check-answers":
        answer_one(page)
    expect(page.locator("main .kept")).to_have_text("Saved.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send my answers").click()
    expect(page.locator("main .kept")).to_contain_text("Saved on this phone.")
    other = page.context.new_page()
    page.close()
    other.context.set_offline(False)
    other.goto("/s/THAMES")
    expect(other.get_by_role("heading", name="Thank you. Your answers are in.")).to_be_visible()
    expect(other.locator(".receipt .letters")).to_be_visible()


def test_leaving_without_signal_is_told_later_before_anything_is_shown(visit: Visit) -> None:
    page = visit()
    ready(page)
    walk.say_yes(page)
    answer_one(page)
    expect(page.locator("main .kept")).to_have_text("Saved.")
    address = page.url
    page.context.set_offline(True)
    page.get_by_role("button", name="Leave now").click()
    page.wait_for_timeout(300)
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(address)
    expect(again.get_by_role("heading", name="You left this page")).to_be_visible()
    assert again.evaluate("localStorage.length") == 0
