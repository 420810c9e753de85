"""Every route as every member of the cast: loading is authorising."""

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select
from starlette.routing import Route
from starlette.testclient import TestClient

from survey import accounts
from survey.app import ROUTES
from survey.db import transaction
from survey.models import AuditEntry, Role
from tests.survey.conftest import CAST, CODE, House

STAFF = set(CAST)
TRANSLATES = {"Ben, designer", "Priya, publisher"}
PUBLISH_RESULTS = {"Priya, publisher", "Amara, administrator"}
RESULTS = {"Ada, analyst", "Priya, publisher", "Amara, administrator"}
WEIGHT = {"Ada, analyst", "Amara, administrator"}
FIELDWORK = {"Femi, fieldworker", "Amara, administrator"}
BRINGS = {"Ada, analyst", "Amara, administrator"}
PLAN = FIELDWORK | {"Ada, analyst"}
DESIGN = {"Ben, designer", "Amara, administrator"}
READ_SETS = DESIGN | {"Priya, publisher"}
WORDS = {"Ben, designer", "Priya, publisher", "Amara, administrator"}
PLANS = {"Ben, designer", "Priya, publisher", "Femi, fieldworker", "Amara, administrator"}
WRITES = {"Ben, designer", "Priya, publisher", "Rosa, reader", "Amara, administrator"}
FILES = {"Ada, analyst", "Amara, administrator"}
KEEPS_HELP = {"Priya, publisher", "Sam, safeguarding lead", "Amara, administrator"}
WRITES_FINDINGS = {"Ada, analyst", "Rosa, reader", "Priya, publisher", "Amara, administrator"}
READ = {"Rosa, reader"}
WATCH = READ | {"Sam, safeguarding lead", "Amara, administrator"}
CODES = READ | {"Amara, administrator"}
LEAD = {"Sam, safeguarding lead"}
RUNS_PANEL = {"Kim, panel keeper"}
SEES_PANEL = RUNS_PANEL | PUBLISH_RESULTS
STRANGER = "a stranger"
KEY = "A" * 22

# Who may open each route; the addresses stand for all of their kind.
EVERYBODY = STAFF | {STRANGER}
OPEN_TO: dict[tuple[str, str], tuple[str, set[str]]] = {
    ("GET", "/"): ("/", EVERYBODY),
    ("GET", "/staying-safe"): ("/staying-safe", EVERYBODY),
    ("GET", "/what-we-keep"): ("/what-we-keep", EVERYBODY),
    ("GET", "/c"): ("/c", EVERYBODY),
    ("GET", "/c/{slug}"): ("/c/safer-streets", EVERYBODY),
    ("GET", "/c/{slug}/formats"): ("/c/safer-streets/formats", EVERYBODY),
    ("POST", "/c/{slug}/formats"): ("/c/safer-streets/formats", EVERYBODY),
    ("GET", "/staff/consultations"): ("/staff/consultations", PLANS),
    ("POST", "/staff/consultations"): ("/staff/consultations", PLANS),
    ("GET", "/staff/consultations/{slug}/plan"): ("/staff/consultations/safer-streets/plan", PLANS),
    ("POST", "/staff/consultations/{slug}/plan"): ("/staff/consultations/safer-streets/plan", PLANS),
    ("POST", "/staff/consultations/{slug}/announce"): (
        "/staff/consultations/safer-streets/announce",
        PUBLISH_RESULTS,
    ),
    ("GET", "/staff/consultations/{slug}/beside-it"): ("/staff/consultations/safer-streets/beside-it", PLANS),
    ("POST", "/staff/consultations/{slug}/beside-it"): (
        "/staff/consultations/safer-streets/beside-it",
        PLANS,
    ),
    ("GET", "/staff/consultations/{slug}/formats"): ("/staff/consultations/safer-streets/formats", PLANS),
    ("POST", "/staff/consultations/{slug}/formats"): ("/staff/consultations/safer-streets/formats", PLANS),
    ("GET", "/c/{slug}/statements"): ("/c/safer-streets/statements", EVERYBODY),
    ("POST", "/c/{slug}/statements"): ("/c/safer-streets/statements", EVERYBODY),
    ("GET", "/c/{slug}/statements/{key}"): (f"/c/safer-streets/statements/{KEY}", EVERYBODY),
    ("POST", "/c/{slug}/statements/{key}"): (f"/c/safer-streets/statements/{KEY}", EVERYBODY),
    ("GET", "/c/{slug}/statements/{key}/about"): (f"/c/safer-streets/statements/{KEY}/about", EVERYBODY),
    ("POST", "/c/{slug}/statements/{key}/about"): (f"/c/safer-streets/statements/{KEY}/about", EVERYBODY),
    ("GET", "/c/{slug}/statements/{key}/results"): (f"/c/safer-streets/statements/{KEY}/results", EVERYBODY),
    ("POST", "/c/{slug}/statements/{key}/forget"): (f"/c/safer-streets/statements/{KEY}/forget", EVERYBODY),
    ("GET", "/staff/consultations/{slug}/statements"): (
        "/staff/consultations/safer-streets/statements",
        WRITES,
    ),
    ("POST", "/staff/consultations/{slug}/statements"): (
        "/staff/consultations/safer-streets/statements",
        WRITES,
    ),
    ("POST", "/staff/consultations/{slug}/statements/act"): (
        "/staff/consultations/safer-streets/statements/act",
        WRITES,
    ),
    ("GET", "/static/{version}/{name}"): ("/static/x/htmx.min.js", EVERYBODY),
    ("GET", "/healthz"): ("/healthz", EVERYBODY),
    ("GET", "/readyz"): ("/readyz", EVERYBODY),
    ("GET", "/metrics"): ("/metrics", EVERYBODY),
    ("GET", "/s"): ("/s", EVERYBODY),
    ("GET", "/s/{code}"): (f"/s/{CODE}", EVERYBODY),
    ("POST", "/s/{code}"): (f"/s/{CODE}", EVERYBODY),
    ("GET", "/p/{ticket}"): ("/p/x", EVERYBODY),
    ("POST", "/p/{ticket}"): ("/p/x", EVERYBODY),
    ("GET", "/panel"): ("/panel", EVERYBODY),
    ("POST", "/panel"): ("/panel", EVERYBODY),
    ("POST", "/panel/join"): ("/panel/join", EVERYBODY),
    ("POST", "/panel/link"): ("/panel/link", EVERYBODY),
    ("GET", "/panel/pulse"): ("/panel/pulse", EVERYBODY),
    ("GET", "/panel/you/{link}"): ("/panel/you/x", EVERYBODY),
    ("POST", "/panel/you/{link}"): ("/panel/you/x", EVERYBODY),
    ("GET", "/panel/leave/{link}"): ("/panel/leave/x", EVERYBODY),
    ("POST", "/panel/leave/{link}"): ("/panel/leave/x", EVERYBODY),
    ("GET", "/staff/panel"): ("/staff/panel", SEES_PANEL),
    ("POST", "/staff/panel/invite"): ("/staff/panel/invite", RUNS_PANEL),
    ("POST", "/staff/panel/tell"): ("/staff/panel/tell", RUNS_PANEL),
    ("POST", "/staff/panel/off"): ("/staff/panel/off", RUNS_PANEL),
    ("POST", "/staff/panel/pulse"): ("/staff/panel/pulse", RUNS_PANEL),
    ("POST", "/staff/panel/pulse/publish"): ("/staff/panel/pulse/publish", PUBLISH_RESULTS),
    ("POST", "/r/-"): ("/r/-", EVERYBODY),
    ("POST", "/r/-/{rest:path}"): ("/r/-/1", EVERYBODY),
    ("GET", "/r/{key}"): (f"/r/{KEY}", EVERYBODY),
    ("GET", "/r/{key}/check-answers"): (f"/r/{KEY}/check-answers", EVERYBODY),
    ("POST", "/r/{key}/check-answers"): (f"/r/{KEY}/check-answers", EVERYBODY),
    ("GET", "/r/{key}/thank-you"): (f"/r/{KEY}/thank-you", EVERYBODY),
    ("POST", "/r/{key}/leave-now"): (f"/r/{KEY}/leave-now", EVERYBODY),
    ("GET", "/r/{key}/stop-and-delete"): (f"/r/{KEY}/stop-and-delete", EVERYBODY),
    ("POST", "/r/{key}/stop-and-delete"): (f"/r/{KEY}/stop-and-delete", EVERYBODY),
    ("POST", "/r/{key}/carry-on"): (f"/r/{KEY}/carry-on", EVERYBODY),
    ("POST", "/r/{key}/change-language"): (f"/r/{KEY}/change-language", EVERYBODY),
    ("GET", "/r/{key}/{page}"): (f"/r/{KEY}/1", EVERYBODY),
    ("POST", "/r/{key}/{page}"): (f"/r/{KEY}/1", EVERYBODY),
    ("GET", "/ahead/{instrument:number}/{language}/{mark}"): ("/ahead/1/en/x", EVERYBODY),
    ("GET", "/r/{key}/come-back"): (f"/r/{KEY}/come-back", EVERYBODY),
    ("GET", "/join"): ("/join", EVERYBODY),
    ("GET", "/room/{code}"): ("/room/BBBBBB", EVERYBODY),
    ("POST", "/room/{code}"): ("/room/BBBBBB", EVERYBODY),
    ("GET", "/room/{code}/now"): ("/room/BBBBBB/now", EVERYBODY),
    ("GET", "/room/{code}/{key}"): (f"/room/BBBBBB/{KEY}", EVERYBODY),
    ("GET", "/room/{code}/{key}/{number:number}"): (f"/room/BBBBBB/{KEY}/1", EVERYBODY),
    ("POST", "/room/{code}/{key}/{number:number}"): (f"/room/BBBBBB/{KEY}/1", EVERYBODY),
    ("GET", "/receipt"): ("/receipt", EVERYBODY),
    ("POST", "/receipt"): ("/receipt", EVERYBODY),
    ("GET", "/left"): ("/left", EVERYBODY),
    ("GET", "/left/forget"): ("/left/forget", EVERYBODY),
    ("GET", "/staff/in/{token}"): ("/staff/in/x", EVERYBODY),
    ("POST", "/staff/in/{token}"): ("/staff/in/x", EVERYBODY),
    **{(method, "/staff/sign-in"): ("/staff/sign-in", EVERYBODY) for method in ("GET", "POST")},
    ("POST", "/staff/sign-in/passkey"): ("/staff/sign-in/passkey", EVERYBODY),
    ("GET", "/staff/sign-in/account"): ("/staff/sign-in/account", EVERYBODY),
    ("GET", "/staff/sign-in/back"): ("/staff/sign-in/back", EVERYBODY),
    ("GET", "/staff/confirm/account"): ("/staff/confirm/account", STAFF),
    ("GET", "/staff/you/account"): ("/staff/you/account", STAFF),
    **{(method, "/staff/confirm"): ("/staff/confirm", STAFF) for method in ("GET", "POST")},
    ("POST", "/staff/out"): ("/staff/out", STAFF),
    **{(method, "/staff/you"): ("/staff/you", STAFF) for method in ("GET", "POST")},
    ("POST", "/staff/you/passkey"): ("/staff/you/passkey", STAFF),
    **{(method, "/staff/people"): ("/staff/people", {"Amara, administrator"}) for method in ("GET", "POST")},
    ("POST", "/staff/people/{id:number}"): ("/staff/people/1", {"Amara, administrator"}),
    ("GET", "/staff/audit.csv"): ("/staff/audit.csv", {"Amara, administrator"}),
    ("GET", "/staff/help-lines"): ("/staff/help-lines", KEEPS_HELP),
    ("POST", "/staff/help-lines"): ("/staff/help-lines", KEEPS_HELP),
    ("GET", "/staff/reading"): ("/staff/reading", WATCH),
    ("POST", "/staff/reading/next"): ("/staff/reading/next", READ),
    ("GET", "/staff/reading/words"): ("/staff/reading/words", WATCH),
    ("GET", "/staff/reading/{id}"): (f"/staff/reading/{KEY}", READ),
    ("POST", "/staff/reading/{id}"): (f"/staff/reading/{KEY}", READ),
    ("GET", "/staff/consultations/{slug}/codes"): (
        "/staff/consultations/safer-streets/codes",
        CODES | {"Ada, analyst", "Priya, publisher"},
    ),
    ("POST", "/staff/consultations/{slug}/codes"): ("/staff/consultations/safer-streets/codes", CODES),
    ("GET", "/staff/consultations/{slug}/safeguarding"): (
        "/staff/consultations/safer-streets/safeguarding",
        WATCH | FIELDWORK | {"Priya, publisher"},
    ),
    ("POST", "/staff/consultations/{slug}/safeguarding"): (
        "/staff/consultations/safer-streets/safeguarding",
        {"Amara, administrator"},
    ),
    ("GET", "/staff/concerns"): ("/staff/concerns", LEAD),
    ("GET", "/staff/concerns/{id:number}"): ("/staff/concerns/1", LEAD),
    ("POST", "/staff/concerns/{id:number}"): ("/staff/concerns/1", LEAD),
    ("GET", "/contact"): ("/contact", EVERYBODY),
    ("POST", "/contact"): ("/contact", EVERYBODY),
    ("GET", "/staff/contacts"): ("/staff/contacts", LEAD),
    ("POST", "/staff/contacts/{id}"): (f"/staff/contacts/{KEY}", LEAD),
    ("GET", "/staff/words"): ("/staff/words", WORDS),
    ("POST", "/staff/words"): ("/staff/words", WORDS),
    ("GET", "/staff/audit"): ("/staff/audit", {"Amara, administrator"}),
    ("GET", "/staff"): ("/staff", STAFF),
    ("GET", "/staff/consultations/{slug}"): ("/staff/consultations/safer-streets", STAFF),
    ("GET", "/staff/consultations/{slug}/questions"): (
        "/staff/consultations/safer-streets/questions",
        STAFF,
    ),
    ("GET", "/staff/consultations/{slug}/collections"): (
        "/staff/consultations/safer-streets/collections",
        FIELDWORK,
    ),
    ("POST", "/staff/consultations/{slug}/collections"): (
        "/staff/consultations/safer-streets/collections",
        FIELDWORK,
    ),
    ("GET", "/staff/collections/{id:number}"): ("/staff/collections/1", STAFF),
    ("GET", "/staff/collections/{id:number}/terms"): ("/staff/collections/1/terms", FIELDWORK),
    ("POST", "/staff/collections/{id:number}/terms"): ("/staff/collections/1/terms", FIELDWORK),
    ("GET", "/staff/consultations/{slug}/coverage"): ("/staff/consultations/safer-streets/coverage", STAFF),
    ("POST", "/staff/collections/{id:number}/targets"): ("/staff/collections/1/targets", PLAN),
    ("POST", "/staff/collections/{id:number}/routes"): ("/staff/collections/1/routes", FIELDWORK),
    ("GET", "/staff/collections/{id:number}/settings"): ("/staff/collections/1/settings", FIELDWORK),
    ("POST", "/staff/collections/{id:number}/settings"): ("/staff/collections/1/settings", FIELDWORK),
    ("POST", "/staff/collections/{id:number}/settings/look"): (
        "/staff/collections/1/settings/look",
        FIELDWORK,
    ),
    ("POST", "/staff/collections/{id:number}/settings/make"): (
        "/staff/collections/1/settings/make",
        FIELDWORK,
    ),
    ("GET", "/staff/collections/{id:number}/files/{name}"): (
        "/staff/collections/1/files/settings.csv",
        STAFF,
    ),
    ("GET", "/staff/collections/{id:number}/print/{what}"): ("/staff/collections/1/print/posters", STAFF),
    ("POST", "/staff/collections/{id:number}/hosts"): ("/staff/collections/1/hosts", FIELDWORK),
    ("GET", "/staff/settings/{code}"): (f"/staff/settings/{CODE}", STAFF),
    ("POST", "/staff/settings/{code}"): (f"/staff/settings/{CODE}", FIELDWORK),
    ("POST", "/staff/settings/{code}/about"): (f"/staff/settings/{CODE}/about", FIELDWORK),
    ("POST", "/staff/settings/{code}/code"): (f"/staff/settings/{CODE}/code", FIELDWORK),
    ("POST", "/staff/settings/{code}/host"): (f"/staff/settings/{CODE}/host", FIELDWORK),
    ("GET", "/staff/settings/{code}/card"): (f"/staff/settings/{CODE}/card", STAFF),
    ("GET", "/staff/settings/{code}/poster"): (f"/staff/settings/{CODE}/poster", STAFF),
    ("GET", "/staff/settings/{code}/qr.svg"): (f"/staff/settings/{CODE}/qr.svg", STAFF),
    ("GET", "/staff/collections/{id:number}/paper"): ("/staff/collections/1/paper", STAFF),
    ("POST", "/staff/collections/{id:number}/paper"): ("/staff/collections/1/paper", FIELDWORK),
    ("POST", "/staff/collections/{id:number}/paper/words"): (
        "/staff/collections/1/paper/words",
        PUBLISH_RESULTS,
    ),
    ("GET", "/staff/collections/{id:number}/paper/{what}"): ("/staff/collections/1/paper/guide", FIELDWORK),
    **{
        (method, "/staff/batches/{letters}"): ("/staff/batches/KPRW", FIELDWORK) for method in ("GET", "POST")
    },
    ("GET", "/staff/batches/{letters}/forms"): ("/staff/batches/KPRW/forms", FIELDWORK),
    ("GET", "/staff/forms"): ("/staff/forms?number=KPRW-014-9", FIELDWORK),
    **{
        (method, "/staff/forms/{number}"): ("/staff/forms/KPRW-014-9", FIELDWORK)
        for method in ("GET", "POST")
    },
    ("GET", "/staff/consultations/{slug}/meetings"): ("/staff/consultations/safer-streets/meetings", STAFF),
    ("POST", "/staff/consultations/{slug}/meetings"): (
        "/staff/consultations/safer-streets/meetings",
        FIELDWORK,
    ),
    **{
        (method, "/staff/meetings/{id:number}"): ("/staff/meetings/1", FIELDWORK)
        for method in ("GET", "POST")
    },
    **{
        (method, "/staff/meetings/{id:number}/tallies/{collection:number}"): (
            "/staff/meetings/1/tallies/1",
            FIELDWORK,
        )
        for method in ("GET", "POST")
    },
    ("GET", "/c/{slug}/paper"): ("/c/safer-streets/paper", EVERYBODY),
    ("GET", "/c/{slug}/counted"): ("/c/safer-streets/counted", EVERYBODY),
    ("GET", "/staff/consultations/{slug}/rooms"): ("/staff/consultations/safer-streets/rooms", STAFF),
    **{
        (method, "/staff/consultations/{slug}/rooms/new"): (
            "/staff/consultations/safer-streets/rooms/new",
            FIELDWORK,
        )
        for method in ("GET", "POST")
    },
    ("GET", "/staff/rooms/{id:number}"): ("/staff/rooms/1", STAFF),
    **{
        (method, f"/staff/rooms/{{id:number}}/{what}"): (f"/staff/rooms/1/{what}", FIELDWORK)
        for method in ("GET", "POST")
        for what in ("change", "present")
    },
    ("POST", "/staff/rooms/{id:number}/link"): ("/staff/rooms/1/link", FIELDWORK),
    **{(method, "/present/{token}"): ("/present/x", EVERYBODY) for method in ("GET", "POST")},
    ("GET", "/h/{token}"): ("/h/x", EVERYBODY),
    ("GET", "/h/{token}/{what}"): ("/h/x/card", EVERYBODY),
    ("GET", "/staff/sets"): ("/staff/sets", READ_SETS),
    ("POST", "/staff/sets"): ("/staff/sets", DESIGN),
    ("GET", "/staff/sets/{key}"): ("/staff/sets/tiny", READ_SETS),
    ("GET", "/staff/sets/{key}/history"): ("/staff/sets/tiny/history", READ_SETS),
    ("GET", "/staff/sets/{key}/history/{number:number}"): ("/staff/sets/tiny/history/1", READ_SETS),
    ("GET", "/staff/sets/{key}/look/{page}"): ("/staff/sets/tiny/look/worry", READ_SETS),
    ("GET", "/staff/sets/{key}/try"): ("/staff/sets/tiny/try", READ_SETS),
    ("GET", "/staff/sets/{key}/try/{page}"): ("/staff/sets/tiny/try/worry", READ_SETS),
    ("POST", "/staff/sets/{key}/try/{page}"): ("/staff/sets/tiny/try/worry", READ_SETS),
    ("GET", "/staff/sets/{key}/publish"): ("/staff/sets/tiny/publish", READ_SETS),
    ("POST", "/staff/sets/{key}/publish"): (
        "/staff/sets/tiny/publish",
        {"Priya, publisher", "Amara, administrator"},
    ),
    ("POST", "/staff/sets/{key}/marks"): ("/staff/sets/tiny/marks", READ_SETS),
    **{
        ("POST", f"/staff/sets/{{key}}/{what}"): (f"/staff/sets/tiny/{what}", DESIGN)
        for what in ("title", "add", "act", "step", "retire")
    },
    ("POST", "/staff/sets/{key}/questions/{question}"): ("/staff/sets/tiny/questions/worry", DESIGN),
    ("POST", "/staff/sets/{key}/questions/{question}/shown"): (
        "/staff/sets/tiny/questions/worry/shown",
        DESIGN,
    ),
    ("POST", "/staff/sets/{key}/questions/{question}/page-shown"): (
        "/staff/sets/tiny/questions/worry/page-shown",
        DESIGN,
    ),
    ("POST", "/staff/sets/{key}/questions/{question}/page"): (
        "/staff/sets/tiny/questions/worry/page",
        DESIGN,
    ),
    ("POST", "/staff/sets/upload"): ("/staff/sets/upload", DESIGN),
    ("POST", "/staff/sets/{key}/upload"): ("/staff/sets/tiny/upload", DESIGN),
    ("GET", "/staff/sets/{key}/files"): ("/staff/sets/tiny/files", READ_SETS),
    ("GET", "/staff/sets/{key}/files/{name}"): ("/staff/sets/tiny/files/paper", READ_SETS),
    ("GET", "/staff/sets/{key}/bank"): ("/staff/sets/tiny/bank", READ_SETS),
    ("POST", "/staff/sets/{key}/bank"): ("/staff/sets/tiny/bank", DESIGN),
    ("GET", "/staff/sets/{key}/languages"): ("/staff/sets/tiny/languages", READ_SETS),
    ("POST", "/staff/sets/{key}/languages"): ("/staff/sets/tiny/languages", DESIGN),
    ("GET", "/staff/sets/{key}/languages/{lang}"): ("/staff/sets/tiny/languages/bn", READ_SETS),
    ("POST", "/staff/sets/{key}/languages/{lang}"): ("/staff/sets/tiny/languages/bn", DESIGN),
    ("GET", "/staff/sets/{key}/languages/{lang}/po"): ("/staff/sets/tiny/languages/bn/po", READ_SETS),
    ("POST", "/staff/sets/{key}/languages/{lang}/po"): ("/staff/sets/tiny/languages/bn/po", DESIGN),
    ("GET", "/results"): ("/results", EVERYBODY),
    ("GET", "/results/{slug}"): ("/results/safer-streets", EVERYBODY),
    ("GET", "/results/{slug}/{number:number}"): ("/results/safer-streets/1", EVERYBODY),
    ("GET", "/results/{slug}/{number:number}/boroughs/{borough}"): (
        "/results/safer-streets/1/boroughs/x",
        EVERYBODY,
    ),
    ("GET", "/results/{slug}/{number:number}/trend.svg"): ("/results/safer-streets/1/trend.svg", EVERYBODY),
    ("GET", "/results/{slug}/{number:number}/trend.png"): ("/results/safer-streets/1/trend.png", EVERYBODY),
    ("GET", "/results/{slug}/{number:number}/{name}.svg"): ("/results/safer-streets/1/map.svg", EVERYBODY),
    ("GET", "/results/{slug}/{number:number}/{name}.png"): ("/results/safer-streets/1/map.png", EVERYBODY),
    ("GET", "/results/{slug}/{number:number}/{file}"): ("/results/safer-streets/1/figures.csv", EVERYBODY),
    ("GET", "/api/v1/publications"): ("/api/v1/publications", EVERYBODY),
    ("GET", "/api/v1/publications/{slug}/{number:number}"): (
        "/api/v1/publications/safer-streets/1",
        EVERYBODY,
    ),
    ("OPTIONS", "/api/v1/publications"): ("/api/v1/publications", EVERYBODY),
    ("OPTIONS", "/api/v1/publications/{slug}/{number:number}"): (
        "/api/v1/publications/safer-streets/1",
        EVERYBODY,
    ),
    ("GET", "/did"): ("/did", EVERYBODY),
    ("GET", "/did.atom"): ("/did.atom", EVERYBODY),
    ("GET", "/did/{id:number}"): ("/did/1", EVERYBODY),
    **{(method, "/did/mail"): ("/did/mail", EVERYBODY) for method in ("GET", "POST")},
    **{(method, "/did/mail/{token}"): ("/did/mail/x", EVERYBODY) for method in ("GET", "POST")},
    **{(method, "/g/{token}"): ("/g/x", EVERYBODY) for method in ("GET", "POST")},
    ("GET", "/staff/consultations/{slug}/findings"): ("/staff/consultations/safer-streets/findings", STAFF),
    **{
        (method, "/staff/consultations/{slug}/findings/new"): (
            "/staff/consultations/safer-streets/findings/new",
            WRITES_FINDINGS,
        )
        for method in ("GET", "POST")
    },
    ("GET", "/staff/replies"): ("/staff/replies", STAFF),
    **{
        key: (address, roles)
        for kind in ("findings", "replies")
        for key, address, roles in (
            (("GET", f"/staff/{kind}/{{id:number}}"), f"/staff/{kind}/1", STAFF),
            (("POST", f"/staff/{kind}/{{id:number}}"), f"/staff/{kind}/1", WRITES_FINDINGS),
            (("POST", f"/staff/{kind}/{{id:number}}/publish"), f"/staff/{kind}/1/publish", PUBLISH_RESULTS),
            (("POST", f"/staff/{kind}/{{id:number}}/discard"), f"/staff/{kind}/1/discard", WRITES_FINDINGS),
            (("GET", f"/staff/{kind}/{{id:number}}/languages"), f"/staff/{kind}/1/languages", TRANSLATES),
            (("POST", f"/staff/{kind}/{{id:number}}/languages"), f"/staff/{kind}/1/languages", TRANSLATES),
        )
    },
    **{
        (method, "/staff/findings/{id:number}/reply"): ("/staff/findings/1/reply", WRITES_FINDINGS)
        for method in ("GET", "POST")
    },
    ("POST", "/staff/replies/{id:number}/updates"): ("/staff/replies/1/updates", PUBLISH_RESULTS),
    **{
        (method, "/staff/youth-groups"): ("/staff/youth-groups", PUBLISH_RESULTS)
        for method in ("GET", "POST")
    },
    **{
        ("POST", f"/staff/{what}"): (f"/staff/{what.replace('{id:number}', '1')}", PUBLISH_RESULTS)
        for what in (
            "youth-groups/{id:number}/link",
            "youth-groups/{id:number}/retire",
            "updates/{id:number}/hide",
            "verdicts/{id:number}/hide",
        )
    },
    ("GET", "/staff/consultations/{slug}/publish"): ("/staff/consultations/safer-streets/publish", RESULTS),
    ("GET", "/staff/consultations/{slug}/publish/{name}.svg"): (
        "/staff/consultations/safer-streets/publish/borough.svg",
        RESULTS,
    ),
    ("GET", "/staff/consultations/{slug}/publish/boroughs/{borough}"): (
        "/staff/consultations/safer-streets/publish/boroughs/E09000022",
        RESULTS,
    ),
    ("GET", "/staff/consultations/{slug}/publish/{file}"): (
        "/staff/consultations/safer-streets/publish/figures.csv",
        RESULTS,
    ),
    ("POST", "/staff/consultations/{slug}/publish"): (
        "/staff/consultations/safer-streets/publish",
        PUBLISH_RESULTS,
    ),
    ("GET", "/staff/consultations/{slug}/languages"): (
        "/staff/consultations/safer-streets/languages",
        TRANSLATES,
    ),
    ("POST", "/staff/consultations/{slug}/languages"): (
        "/staff/consultations/safer-streets/languages",
        TRANSLATES,
    ),
    ("GET", "/staff/consultations/{slug}/rule"): (
        "/staff/consultations/safer-streets/rule",
        PUBLISH_RESULTS,
    ),
    ("POST", "/staff/consultations/{slug}/rule"): (
        "/staff/consultations/safer-streets/rule",
        PUBLISH_RESULTS,
    ),
    ("GET", "/staff/consultations/{slug}/results"): ("/staff/consultations/safer-streets/results", RESULTS),
    ("GET", "/staff/consultations/{slug}/results/{by}.svg"): (
        "/staff/consultations/safer-streets/results/borough.svg",
        RESULTS,
    ),
    ("GET", "/staff/consultations/{slug}/files"): ("/staff/consultations/safer-streets/files", FILES),
    ("POST", "/staff/consultations/{slug}/files"): (
        "/staff/consultations/safer-streets/files",
        {"Ada, analyst"},
    ),
    ("GET", "/staff/files/{id:number}"): ("/staff/files/1", FILES),
    ("POST", "/staff/files/{id:number}/decision"): ("/staff/files/1/decision", FILES),
    ("GET", "/staff/files/{id:number}/{name}"): ("/staff/files/1/responses.csv", FILES),
    ("GET", "/staff/consultations/{slug}/weighting"): (
        "/staff/consultations/safer-streets/weighting",
        WEIGHT,
    ),
    ("GET", "/staff/consultations/{slug}/weighting.svg"): (
        "/staff/consultations/safer-streets/weighting.svg",
        WEIGHT,
    ),
    ("POST", "/staff/collections/{id:number}/recipes"): ("/staff/collections/1/recipes", WEIGHT),
    ("POST", "/staff/collections/{id:number}/recipe"): ("/staff/collections/1/recipe", WEIGHT),
    ("POST", "/staff/collections/{id:number}/chances"): ("/staff/collections/1/chances", WEIGHT),
    ("GET", "/staff/consultations/{slug}/beside"): ("/staff/consultations/safer-streets/beside", RESULTS),
    ("GET", "/staff/consultations/{slug}/beside/{side}.svg"): (
        "/staff/consultations/safer-streets/beside/young.svg",
        RESULTS,
    ),
    ("GET", "/staff/series"): ("/staff/series", RESULTS),
    ("POST", "/staff/series"): ("/staff/series", RESULTS),
    ("GET", "/staff/series/{key}"): ("/staff/series/x", RESULTS),
    ("POST", "/staff/series/{key}/waves"): ("/staff/series/x/waves", RESULTS),
    ("GET", "/staff/series/{key}/{run:number}.svg"): ("/staff/series/x/0.svg", RESULTS),
    ("GET", "/staff/import"): ("/staff/import", BRINGS),
    **{("POST", f"/staff/import/{what}"): (f"/staff/import/{what}", BRINGS) for what in ("look", "keep")},
    ("GET", "/staff/reference"): ("/staff/reference", RESULTS),
    ("GET", "/staff/reference/{key}"): ("/staff/reference/pas", RESULTS),
    **{
        ("POST", f"/staff/reference/{what}"): (f"/staff/reference/{what.replace('{key}', 'pas')}", BRINGS)
        for what in ("look", "keep", "{key}/take-out")
    },
}


def routes() -> set[tuple[str, str]]:
    """Every method and path that the app answers."""
    found = set()
    for route in ROUTES:
        assert isinstance(route, Route)
        found |= {(method, route.path) for method in route.methods or set() if method != "HEAD"}
    return found


def test_a_problem_of_staff_leads_back_to_their_pages(house: House) -> None:
    lost = house.as_("Ben, designer").get("/staff/sets/nowhere").text
    assert '<a href="/staff/sets">Go to the question sets</a>' in lost
    assert "0800 1111" not in lost
    assert "0800 1111" in house.client.get("/nowhere").text


def test_a_page_that_only_takes_forms_leads_to_the_one_above_it(house: House) -> None:
    reloaded = house.as_("Kim, panel keeper").get("/staff/panel/tell")
    assert (reloaded.status_code, 'class="back" href="/staff/panel"' in reloaded.text) == (405, True)


def test_a_change_after_a_pause_is_saved_at_once(house: House) -> None:
    ben = house.as_("Ben, designer")
    house.clock.forward(minutes=6)
    assert ben.post("/staff/sets", data={"title": "After a pause"}).status_code == 303
    house.clock.forward(hours=11, minutes=58)  # more than twelve since Ben signed in, and less since then
    assert ben.get("/staff/sets").status_code == 200


def test_every_route_says_who_may_open_it() -> None:
    assert routes() == set(OPEN_TO)


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_each_of_the_cast_opens_their_pages_and_no_others(house: House, who: str) -> None:
    for (method, _), (address, allowed) in sorted(OPEN_TO.items(), reverse=True):
        browser = house.client if who == STRANGER else house.as_(who)
        answer = browser.request(method, address)
        if who in allowed:
            assert answer.status_code not in (401, 403, 405, 500), (address, answer.status_code)
        else:
            assert answer.status_code == (401 if who == STRANGER else 403), (address, answer.status_code)
        if address == "/staff/out":
            house.signed_in.clear()


def test_a_link_signs_in_once(house: House) -> None:
    with transaction(house.engine) as session:
        token = accounts.invite(session, "Ada", [Role.ANALYST], house.clock())
    first, second = (TestClient(house.app, follow_redirects=False) for _ in range(2))

    assert "Welcome, Ada" in first.get(f"/staff/in/{token}").text
    assert "Welcome, Ada" in first.get(f"/staff/in/{token}").text
    signed_in = first.post(f"/staff/in/{token}")
    assert signed_in.headers["location"] == "/staff/you"
    cookie = signed_in.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert first.get("/staff").status_code == 200
    assert second.post(f"/staff/in/{token}").status_code == 410
    assert second.get("/staff").status_code == 401


def test_a_new_link_replaces_the_one_before(house: House) -> None:
    with transaction(house.engine) as session:
        first = accounts.invite(session, "Ada", [Role.ANALYST], house.clock())
    with transaction(house.engine) as session:
        second = accounts.invite(session, "Ada", [Role.ANALYST], house.clock())
    assert house.client.get(f"/staff/in/{first}").status_code == 410
    assert house.client.get(f"/staff/in/{second}").status_code == 200


def test_a_link_lasts_seven_days(house: House) -> None:
    with transaction(house.engine) as session:
        token = accounts.invite(session, "Ada", [Role.ANALYST], house.clock())
    house.clock.forward(days=7, minutes=1)
    assert house.client.post(f"/staff/in/{token}").status_code == 410


@pytest.mark.parametrize(
    ("steps", "status"), [([dt.timedelta(hours=11)] * 3, 200), ([dt.timedelta(hours=13)], 401)]
)
def test_a_session_ends_when_it_is_not_used(house: House, steps: list[dt.timedelta], status: int) -> None:
    browser, answer = house.as_("Ada, analyst"), None
    for step in steps:
        house.clock.moment += step
        answer = browser.get("/staff")
    assert answer is not None
    assert answer.status_code == status


def test_a_session_ends_after_a_week_however_much_it_is_used(house: House) -> None:
    browser = house.as_("Ada, analyst")
    for _ in range(15):
        house.clock.forward(hours=11)
        browser.get("/staff")
    house.clock.forward(hours=11)
    assert browser.get("/staff").status_code == 401


def test_signing_out_ends_the_session_here_and_in_a_copied_cookie(house: House) -> None:
    browser = house.as_("Ada, analyst")
    copied = TestClient(house.app, cookies=dict(browser.cookies))
    assert copied.get("/staff").status_code == 200
    browser.post("/staff/out")
    assert browser.get("/staff").status_code == 401
    assert copied.get("/staff").status_code == 401


def test_a_page_that_only_reads_waits_for_no_writer(house: House) -> None:
    ada = house.as_("Ada, analyst")
    with house.engine.begin() as busy:
        busy.execute(text("UPDATE setting SET name = 'Hill School, renamed'"))
        for address in ("/", "/staff", "/staff/consultations/safer-streets", "/healthz", f"/s/{CODE}"):
            assert ada.get(address).status_code == 200


def test_health_says_when_the_database_is_gone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert house.client.get("/healthz").text == "ok"

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(Session, "connection", gone)
    answer = house.client.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "no database")


def test_no_secret_is_stored_in_the_clear(house: House) -> None:
    browser = house.as_("Ada, analyst")
    (token,) = browser.cookies.values()
    with house.engine.connect() as connection:
        stored = [
            str(connection.execute(text(f"SELECT * FROM {table}")).all())
            for table in ("staff_session", "invitation")
        ]
    assert token not in "".join(stored)


def test_who_did_what_is_written_down_and_cannot_be_changed(house: House) -> None:
    house.as_("Amara, administrator")
    page = house.as_("Amara, administrator").get("/staff/audit").text
    assert "signed in" in page
    assert "invited" in page
    for change in ("UPDATE audit_entry SET who = 'nobody'", "DELETE FROM audit_entry"):
        with (
            pytest.raises(Exception, match="audit_entry rows never change"),
            house.engine.begin() as connection,
        ):
            connection.execute(text(change))
    with transaction(house.engine) as session:
        assert {entry.who for entry in session.exec(select(AuditEntry))} == {
            "command line",
            "Amara, administrator",
        }


@pytest.mark.parametrize("change", ["UPDATE instrument SET source = ''", "DELETE FROM instrument"])
def test_a_published_instrument_cannot_be_changed(house: House, change: str) -> None:
    with pytest.raises(Exception, match="instrument rows never change"), house.engine.begin() as connection:
        connection.execute(text(change))
