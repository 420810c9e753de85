"""What there is to look at, and the rules that every page is held against."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PICTURES = bool(os.environ.get("PICTURES"))  # whether each page is also kept as a picture
SCREENSHOTS = Path("screenshots")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]

PAGES_FOR_ALL = {
    "home": "/",
    "staying-safe": "/staying-safe",
    "what-we-keep": "/what-we-keep",
    "everything-asked": "/c",
    "consultation": "/c/youth-survey-2026",
    "in-another-form": "/c/youth-survey-2026/formats",
    "statements": "/c/youth-survey-2026/statements",
    "a-card": "/c/youth-survey-2026/statements/AAAAAAAAAAAAAAAAAAAAAA",
    "about-oneself": "/c/youth-survey-2026/statements/AAAAAAAAAAAAAAAAAAAAAA/about",
    "code": "/s",
    "start": "/s/THAMES",
    "left": "/left",
    "unknown-code": "/s/NOSUCH",
    "receipt": "/receipt",
    "join": "/join",
    "unknown-room": "/room/NOSUCH",
    "promises": "/did",
    "mail-of-changes": "/did/mail",
    "no-such-promise": "/did/999",
    "unknown-group": "/g/used",
    "all-results": "/results",
    "results-with-a-trend-and-a-map": "/results/youth-survey-2026/1",
    "results-of-a-borough": "/results/youth-survey-2025/1/boroughs/E09000022",
    "contact": "/contact",
    "panel": "/panel",
    "panel-pulse": "/panel/pulse",
    "panel-lost": "/panel/you/nobody",
    "unknown-answers": "/r/AAAAAAAAAAAAAAAAAAAAAA/1",
    "not-found": "/nowhere",
    "sign-in-first": "/staff",
    "sign-in": "/staff/sign-in",
    "used-link": "/staff/in/used",
}
PAGES_FOR_STAFF = (
    "/staff",
    "/staff/consultations",
    "/staff/consultations/youth-survey-2026",
    "/staff/consultations/youth-survey-2026/plan",
    "/staff/consultations/youth-survey-2026/beside-it",
    "/staff/consultations/youth-survey-2026/formats",
    "/staff/consultations/youth-survey-2026/statements",
    "/staff/consultations/youth-survey-2026/questions",
    "/staff/consultations/youth-survey-2026/coverage",
    "/staff/consultations/not-answered-yet/coverage",
    "/staff/consultations/youth-survey-2026/results",
    "/staff/consultations/youth-survey-2026/results?question=what_would_help",
    "/staff/consultations/youth-survey-2026/results?by=borough",
    "/staff/consultations/youth-survey-2026/results?by=borough,age_band",
    "/staff/consultations/uster-2021",
    "/staff/consultations/uster-2021/questions",
    "/staff/consultations/uster-2021/results",
    "/staff/consultations/not-answered-yet",
    "/staff/consultations/not-answered-yet/results",
    "/staff/consultations/youth-survey-2026/rooms",
    "/staff/consultations/youth-survey-2026/rooms/new",
    "/staff/consultations/youth-survey-2026/collections",
    "/staff/consultations/youth-survey-2026/collections?kind=schools",
    "/staff/collections/1",
    "/staff/collections/1?show=not-started",
    "/staff/collections/1/terms",
    "/staff/collections/1/settings",
    "/staff/collections/1/print/posters",
    "/staff/settings/THAMES",
    "/staff/settings/THAMES/card",
    "/staff/consultations/youth-survey-2026/files",
    "/staff/consultations/uster-2021/files?borough=as+it+is&consent_route=as+it+is",
    "/staff/consultations/not-answered-yet/files",
    "/staff/consultations/youth-survey-2026/beside",
    "/staff/consultations/youth-survey-2026/weighting",
    "/staff/consultations/youth-survey-2026/publish",
    "/staff/series",
    "/staff/series/youth-survey",
    "/staff/import",
    "/staff/reference",
    "/staff/reference/public-attitude-survey-2016-17-as-the-strategy-prints-it",
    "/staff/replies",
    "/staff/youth-groups",
    "/staff/consultations/youth-survey-2026/findings",
    "/staff/consultations/youth-survey-2026/findings/new",
    "/staff/consultations/youth-survey-2026/findings/new?rests_on=printed",
    "/staff/audit",
    "/staff/people",
    "/staff/you",
    "/staff/confirm?then=/staff/people",
    "/staff/panel",
    "/staff/sets",
    "/staff/sets/youth_survey?q=safe_school",
    "/staff/sets/youth_survey/publish",
    "/staff/sets/youth_survey/history",
    "/staff/sets/youth_survey/try?seed=1",
    "/staff/sets/youth_survey/files",
    "/staff/sets/youth_survey/files/paper",
    "/staff/sets/youth_survey/files/codebook",
    "/staff/sets/youth_survey/bank?find=safe",
    "/staff/sets/youth_survey/languages",
    "/staff/sets/youth_survey/languages/ar",
    "/staff/reading",
    "/staff/reading/words",
    "/staff/reading/AAAAAAAAAAAAAAAAAAAAAA",
    "/staff/consultations/youth-survey-2026/codes",
    "/staff/consultations/not-answered-yet/codes",
    "/staff/consultations/youth-survey-2026/safeguarding",
    "/staff/consultations/not-answered-yet/safeguarding",
    "/staff/concerns",
    "/staff/contacts",
    "/staff/words",
    "/staff/help-lines",
    "/staff/consultations/nowhere",
)


def violations(page: Page) -> list[str]:
    """The accessibility rules (WCAG 2.0 to 2.2, A and AA) that a page breaks, and where."""
    rules = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


LAYOUT = r"""() => {
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length;
  const all = (css) => [...document.querySelectorAll(css)].filter(shown);
  const box = (one) => one.getBoundingClientRect();
  const name = (one) => `${one.tagName} ${one.textContent.trim().slice(0, 40)}`;
  const wide = document.documentElement.clientWidth;
  const faults = [];
  if (document.documentElement.scrollWidth > wide) faults.push("the page scrolls sideways");
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode());) {
    const range = document.createRange();
    range.selectNodeContents(text);
    if (!text.data.trim() || !shown(text.parentElement)) continue;
    for (const { left, right } of range.getClientRects())
      if (left < -1 || right > wide + 1) faults.push(`off the page: ${text.data.slice(0, 40)}`);
    const words = text.parentElement.closest(".link") ? "" : text.data; // an address may break
    for (const word of words.matchAll(/[^\s/–-]{2,}/g)) {
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) faults.push(`broken in two: ${word[0]}`);
    }
  }
  for (const one of all("button, .choice"))
    if (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 4)
      faults.push(`too big for its box: ${name(one)}`);
  const boxes = all("h1, h2, p, li, dt, dd, button, a, svg.depth, .choice, textarea, input[type=text]");
  for (const [place, one] of boxes.entries())
    for (const other of boxes.slice(place + 1)) {
      if (one.contains(other) || other.contains(one)) continue;
      const a = box(one), b = box(other);
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      if (across > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
        faults.push(`one over the other: ${name(one)} | ${name(other)}`);
    }
  const answering = new Set(all(".choice, textarea, main input[type=text], main button"));
  for (const one of [...answering, ...all("a, button, summary")]) {
    const least = answering.has(one) ? 48 : 44;
    const { height, width } = box(one);
    if (Math.min(height, width) < least) faults.push(`small to touch: ${name(one)} ${width}x${height}`);
  }
  return faults;
}"""

CALM = """() => {
  const never = {
    "a slider": "input[type=range], [role=slider], meter",
    "a grid": "main table, [role=grid], [role=table]",
    "something that plays by itself": "audio, video, iframe, embed, object, marquee, [autoplay]",
    "a focus that was not asked for": "[autofocus]",
    "a lock on zooming": "meta[name=viewport]:is([content*=scal]:not([content$='initial-scale=1']), [content*=user])",
    "a limit of time": "meta[http-equiv=refresh i], [role=timer], progress",
  };
  const faults = Object.keys(never).filter((words) => document.querySelector(never[words]));
  if (document.getAnimations().length) faults.push("something moves");
  const focus = document.activeElement;
  if (focus && !focus.matches("body, #here, .choice input")) faults.push(`the focus is on ${focus.outerHTML}`);
  return faults;
}"""


def cramped(page: Page) -> list[str]:
    """What is cut off, broken in two, over something else or too small to touch; and a page that scrolls sideways."""
    return [f"{page.url}: {fault}" for fault in page.evaluate(LAYOUT)]


def hurried(page: Page) -> list[str]:
    """What takes a person's choice away: sliders, grids, what plays, moves or zooms by itself, focus, and clocks."""
    return [f"{page.url}: {fault}" for fault in page.evaluate(CALM)]


def keep(page: Page, way: str, name: str) -> None:
    """Hold a page against the rules, and keep its picture where pictures are wanted."""
    if PICTURES:
        folder = SCREENSHOTS / way.replace(" ", "-")
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert violations(page) == []
