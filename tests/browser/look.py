"""What there is to look at, and the rules that every page is held against."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]

PAGES_FOR_ALL = {
    "home": "/",
    "staying-safe": "/staying-safe",
    "what-we-keep": "/what-we-keep",
    "code": "/s",
    "start": "/s/THAMES",
    "left": "/left",
    "unknown-code": "/s/NOSUCH",
    "unknown-answers": "/r/AAAAAAAAAAAAAAAAAAAAAA/1",
    "not-found": "/nowhere",
    "sign-in": "/staff",
    "used-link": "/staff/in/used",
}
PAGES_FOR_STAFF = (
    "/staff",
    "/staff/consultations/youth-survey-2026",
    "/staff/consultations/youth-survey-2026/questions",
    "/staff/consultations/youth-survey-2026/results",
    "/staff/consultations/youth-survey-2026/results?question=what_would_help",
    "/staff/consultations/uster-2021",
    "/staff/consultations/uster-2021/questions",
    "/staff/consultations/uster-2021/results",
    "/staff/consultations/not-answered-yet",
    "/staff/consultations/not-answered-yet/results",
    "/staff/audit",
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
    "/staff/words",
    "/staff/help-lines",
    "/staff/consultations/nowhere",
)


def violations(page: Page) -> list[str]:
    """The accessibility rules (WCAG 2.0 to 2.2, A and AA) that a page breaks, and where."""
    rules = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
