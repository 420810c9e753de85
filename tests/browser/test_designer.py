"""Staff write a set from blank to published: by mouse, without scripts, and by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, PHONE, Visit
from tests.browser.look import violations

pytestmark = pytest.mark.browser_long


def begin(page: Page, title: str) -> str:
    page.goto("/staff/sets")
    page.get_by_label("Its name", exact=True).fill(title)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    page.wait_for_load_state()
    return title.lower().replace(" ", "_")


def add(page: Page, words: str, kind: str) -> None:
    if not page.get_by_label("The question", exact=True).is_visible():
        page.get_by_text("Add a question", exact=True).click()
    page.get_by_label("The question", exact=True).fill(words)
    page.locator("select[name=new_kind]").select_option(label=kind)
    page.locator("select[name=after]").select_option(label="at the end")
    page.get_by_role("button", name="Add", exact=True).first.click()
    expect(page.get_by_label("What you ask")).to_have_value(words)


def saved(page: Page, words: str) -> None:
    expect(page.get_by_role("status").first).to_contain_text(words)


def publish(visit: Visit, key: str) -> Page:
    other = visit(LAPTOP, staff="Femi")
    other.goto(f"/staff/sets/{key}/publish")
    other.get_by_role("button", name="Publish version 1").click()
    expect(other.get_by_role("heading", name="Version 1 is published")).to_be_visible()
    return other


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_blank_to_published_by_mouse(visit: Visit, scripts: bool) -> None:
    page = visit(LAPTOP if scripts else PHONE, staff="Dee", scripts=scripts)
    key = begin(page, f"By mouse {'with' if scripts else 'without'}")
    page.get_by_label("What you ask").fill("Do you take the bus?")
    page.get_by_role("button", name="Save the question").click()
    saved(page, "changed “What do you want to ask first?”")

    add(page, "How safe do you feel on the bus?", "A scale")
    for number, words in enumerate(("Very safe", "Fairly safe", "Not safe"), 1):
        row = page.locator(".choice-rows input[name=label]").nth(number - 1)
        row.fill(words)
        page.get_by_role("button", name="Save the question").click()
        expect(page.locator(".choice-rows input[name=label]")).to_have_count(max(number + 1, 3))
    page.locator("#shown select[name=add]").select_option(label="Do you take the bus?")
    page.locator("#shown .add-leaf button").click()
    expect(page.locator("#shown")).to_contain_text("Shown when “Do you take the bus?” is “Yes”.")

    add(page, "What happened to you?", "Their own words")
    page.locator("input[name=sensitive]").check()
    page.get_by_role("button", name="Save the question").click()
    expect(page.locator("#audit")).to_contain_text("This is sensitive, and nothing is said before it.")
    page.get_by_label("Note before the questions").fill("The next one may be hard. You can leave it.")
    page.get_by_role("button", name="Save the page").click()
    expect(page.locator("#audit")).not_to_contain_text("nothing is said before it")

    page.get_by_role("button", name="Move up: What happened to you?").click()
    keys = page.locator(".outline li[data-key]")
    expect(keys.nth(1)).to_contain_text("What happened to you?")
    page.get_by_role("button", name="Undo").click()
    expect(keys.nth(2)).to_contain_text("What happened to you?")
    phone = page.frame_locator("iframe")
    expect(phone.get_by_role("heading", name="What happened to you?")).to_be_visible()
    page.goto(f"/staff/sets/{key}/publish")
    expect(page.get_by_text("You changed it last")).to_be_visible()
    publish(visit, key)


def test_a_question_is_dragged_and_what_is_typed_is_saved_by_itself(visit: Visit) -> None:
    page = visit(LAPTOP, staff="Dee")
    begin(page, "By dragging")
    for words in ("Second?", "Third?"):
        add(page, words, "One answer")
    keys = page.locator(".outline li[data-key]")
    keys.nth(2).drag_to(keys.nth(0))
    expect(keys.nth(0)).to_contain_text("Third?")
    page.get_by_label("What you ask").fill("Third, but first?")
    page.get_by_label("Hint under it").click()
    page.keyboard.type("A hint", delay=30)  # while the question is being saved
    expect(keys.nth(0)).to_contain_text("Third, but first?")
    expect(page.get_by_label("Hint under it")).to_have_value("A hint")
    expect(page.get_by_label("Hint under it")).to_be_focused()
    saved(page, "Not saved yet.")
    page.keyboard.press("Tab")
    saved(page, "changed “Third, but first?”")
    expect(page.get_by_label("Hint under it")).to_have_value("A hint")


def test_from_blank_to_published_by_keyboard_alone(visit: Visit) -> None:
    page = visit(LAPTOP, staff="Dee")
    page.goto("/staff/sets")
    tab_to(page, "input[name=title]")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="By keyboard")).to_be_visible()
    tab_to(page, ".add summary")
    page.keyboard.press("Enter")
    tab_to(page, "input[name=words]")
    page.keyboard.type("Why do you say that?")
    tab_to(page, "select[name=new_kind]")
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    saved(page, "added “Why do you say that?”")
    tab_to(page, 'button[name=up][value="why_say_that"]')
    page.keyboard.press("Enter")
    expect(page.locator(".outline li[data-key]").first).to_contain_text("Why do you say that?")
    tab_to(page, "#prompt")
    page.keyboard.press("End")
    page.keyboard.type(" And more?")
    page.keyboard.press("Tab")
    saved(page, "changed “Why do you say that?”")
    other = visit(LAPTOP, staff="Femi")
    other.goto("/staff/sets/by_keyboard/publish")
    tab_to(other, "form[action$='/publish'] button:not([disabled])")
    other.keyboard.press("Enter")
    expect(other.get_by_role("heading", name="Version 1 is published")).to_be_visible()


def tab_to(page: Page, selector: str) -> None:
    for _ in range(90):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard never reached {selector}")


def test_two_people_see_what_the_other_did(visit: Visit) -> None:
    dee, femi = visit(LAPTOP, staff="Dee"), visit(LAPTOP, staff="Femi")
    key = begin(dee, "Together")
    femi.goto(f"/staff/sets/{key}")
    dee.get_by_label("What you ask").fill("Dee’s question?")
    dee.get_by_role("button", name="Save the question").click()
    saved(dee, "Dee changed")
    refused: list[str] = []
    femi.on("response", lambda answer: refused.append(answer.url) if answer.status == 409 else None)
    femi.get_by_label("What you ask").fill("Femi’s question?")
    femi.get_by_role("button", name="Save the question").click()
    expect(femi.get_by_role("alert")).to_contain_text("It says now: “Dee’s question?”")
    expect(femi.get_by_label("What you ask")).to_have_value("Femi’s question?")
    expect(femi.get_by_role("status").first).not_to_contain_text("Saved.")
    femi.wait_for_timeout(1000)  # whatever was on its way has come
    assert len(refused) == 1
    assert violations(femi) == []
    femi.get_by_role("link", name="take theirs").click()
    expect(femi.get_by_label("What you ask")).to_have_value("Dee’s question?")


def test_codes_follow_words_on_a_slow_line(visit: Visit) -> None:
    """The second choice is typed before the first is saved; the code of neither says what it no longer means."""
    page = visit(LAPTOP, staff="Dee")
    begin(page, "Slow line")

    line = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", slow)
    labels, codes = (page.locator(f".choice-rows input[name={name}]") for name in ("label", "code"))
    labels.nth(0).fill("Knives")
    with page.expect_request(lambda asked: asked.method == "POST"):
        labels.nth(1).click()
    labels.nth(1).fill("Gangs")
    page.get_by_label("What you ask").click()
    expect(codes.nth(1)).to_have_value("gangs")
    expect(codes.nth(0)).to_have_value("knives")


def test_history_and_translation_fit_a_phone(visit: Visit) -> None:
    """What was done and the way back stand within 360 pixels, and nothing to press is smaller than a fingertip's 24."""
    page = visit(PHONE, staff="Dee")
    key = begin(page, "Fitting")
    page.get_by_label("What you ask").fill("Do you take the bus?")
    page.get_by_role("button", name="Save the question").click()
    saved(page, "Dee changed")
    page.goto(f"/staff/sets/{key}/history")
    for found in (page.get_by_role("button", name="Go back to this"), page.get_by_text("started it")):
        box = found.bounding_box()
        assert box
        assert box["x"] + box["width"] <= PHONE[0]
    page.goto("/staff/sets/youth_survey/languages/bn")
    links = page.locator(".text .where:not(.unseen) a, .changes a, .tabs a, select[name=status]")
    heights = links.evaluate_all("every => every.map((one) => one.getBoundingClientRect().height)")
    assert min(heights) >= 24


def test_what_is_sensitive_may_be_declined_with_one_tick(visit: Visit) -> None:
    page = visit(LAPTOP, staff="Dee")
    begin(page, "Sensitive matters")
    decline, sensitive = page.locator("input[name=prefer_not_to_say]"), page.locator("input[name=sensitive]")
    expect(decline).to_be_checked()
    decline.uncheck()
    saved(page, "changed")
    sensitive.check()
    expect(decline).to_be_checked()
    expect(page.locator(".outline .here")).to_contain_text("sensitive")
    page.reload()
    expect(sensitive).to_be_checked()
    expect(decline).to_be_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_cannot_be_changed_looks_it(visit: Visit, scheme: str) -> None:
    page = visit(LAPTOP, staff="Dee", scheme=scheme)
    begin(page, f"Retired {scheme}")
    look = "one => [getComputedStyle(one).color, getComputedStyle(one).borderStyle]"
    live = page.get_by_label("What you ask").evaluate(look)
    page.goto(f"{page.url.split('?')[0]}/history")
    page.get_by_role("button", name="Retire this set").click()
    still = page.get_by_label("What you ask")
    expect(still).to_be_disabled()
    assert all(now != then for now, then in zip(still.evaluate(look), live, strict=True))
    expect(page.locator("main button")).to_have_count(0)
    assert violations(page) == []
    page.get_by_role("link", name="Bring it back on the page History").click()
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_label("What you ask")).to_be_enabled()
