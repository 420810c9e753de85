"""What everybody sees of a publication: the results, a borough's page, pictures and files, each at its address."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from analysis.charts import Picture, svg
from questions import QuestionSet
from questions.messages import _
from survey.languages import SOURCE, Language
from survey.measuring.frozen import Frozen
from survey.measuring.spoken import HEADINGS, asked_in, spoken
from survey.models import Consultation, Publication
from survey.publications import files, pictures
from survey.publications.trend import LEAST_WAVES, Trend, trend
from survey.web import Page, Problem, as_asked, installation, see, spoken_to
from survey.web.conditional import unchanged
from survey.wording import day

OPEN = {"access-control-allow-origin": "*", "access-control-expose-headers": "etag, link"}
# What may be kept, if one asks each time whether it is still so
ASKED_AGAIN = OPEN | {"cache-control": "no-cache"}
KEEP = OPEN | {"cache-control": "public, max-age=86400, immutable"}  # what is frozen
TRENDS = ("trend.csv", "trend.csv-metadata.json")  # what is not: an earlier wave may be corrected
NO_MAP = _("There is no map: too few areas have figures, and a part of a city is no map of it.")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def everything(request: Request, session: Session) -> Page:
    """What has been published, the newest first: of each consultation its latest."""
    found: dict[int, tuple[Consultation, Publication]] = {}
    asked = select(Publication, Consultation).join(
        Consultation, col(Consultation.id) == col(Publication.consultation_id)
    )
    for publication, consultation in session.exec(asked.order_by(col(Publication.number))):
        found[publication.consultation_id] = (consultation, publication)
    newest = sorted(found.values(), key=lambda one: one[1].published_on, reverse=True)
    sets = [asked_in(session, publication.content) for _consultation, publication in newest]
    language = spoken_to(request)
    shown = [
        (consultation, publication, _first(spoken(publication.content, one, language), language))
        for (consultation, publication), one in zip(newest, sets, strict=True)
    ]
    return Page("publications/list.html", {"published": shown, "languages": _languages(request, *sets)})


def latest(request: Request, session: Session) -> Response:
    """The way to the newest publication of a consultation."""
    _consultation, publications = _of(request, session)
    newest = address_of(request.path_params["slug"], publications[-1].number)
    return see(f"{newest}{as_asked(spoken_to(request))}")


def results(request: Request, session: Session) -> Page:
    """One publication: its headline first, then who said so, everything else that was asked, and how it was made."""
    consultation, publications = _of(request, session)
    publication = _numbered(request, publications)
    shown = page_of(request, session, consultation, publication.content, publications, publication)
    told = trend(session, consultation, shown["frozen"].content, spoken_to(request).formats)
    return Page("publications/results.html", shown | {"trend": told})


def looked_at(slug: str) -> str:
    """The address of what would be published now."""
    return f"/staff/consultations/{slug}/publish"


def page_of(
    request: Request,
    session: Session,
    consultation: Consultation,
    content: dict[str, Any],
    publications: list[Publication],
    publication: Publication | None,
    checksum: str = "",
) -> dict[str, Any]:
    """What the page of a publication shows; of one that is not published yet, which has a checksum only, the same."""
    asked, language = asked_in(session, content), spoken_to(request)
    frozen = spoken(content, asked, language)
    question, codes = frozen.headline
    number = publication.number if publication else 0
    shown = {
        "consultation": consultation,
        "content": content,
        "frozen": frozen,
        "publication": publication,
        "newer": [one for one in publications if one.number > number] if publication else [],
        "older": [one for one in publications if one.number < number or not publication],
        "here": address_of(consultation.slug, number) if publication else looked_at(consultation.slug),
        "languages": _languages(request, asked),
        "question": frozen.questions[question],
        "words": frozen.words(question, codes, language.formats),
        "whole": frozen.whole(question, codes),
        "pictured": [
            _pictured(frozen, one, language, publication.checksum if publication else checksum)
            for one in content["pictures"]
        ],
        "no_map": content["no_map"] if language.code == SOURCE else content["no_map"] and NO_MAP,
        "made_on": dt.date.fromisoformat(content["made_on"]),
        "others": [(one, frozen.answers(key)) for key, one in frozen.questions.items()],
        "made_up": consultation.synthetic,
    }
    rows = frozen.table(question, codes, ("borough",)).rows()
    known = [row["borough"] for row in rows if row["estimate"] is not None]
    return shown | {"boroughs": [(code, frozen.labels("borough").get(code)) for code in known]}


def _languages(request: Request, *asked: QuestionSet | None) -> list[Language]:
    """The languages that any of these sets is offered in, English first."""
    codes = {SOURCE, spoken_to(request).code, *(code for one in asked if one for code in one.offered)}
    return [language for code, language in installation(request).languages.items() if code in codes]


def _pictured(frozen: Frozen, one: dict[str, str], language: Language, checksum: str) -> dict[str, Any]:
    """A picture of the headline figure in words, in English as they were frozen, with the table behind it."""
    question, codes = frozen.headline
    by = pictures.columns(one["name"])
    rows = frozen.table(question, codes, by).rows()
    for row in rows:
        row["label"] = ", ".join(
            language.apart(frozen.labels(split).get(row[split], str(row[split]))) for split in by
        )
    if one["name"] in ("borough", "map"):
        rows.sort(key=lambda row: (row["estimate"] is None, -(row["estimate"] or 0), row["label"]))
    heading, group = HEADINGS[one["name"]]
    said = {"heading": language.say(heading), "group": language.say(group)}
    told, areas = _looked_for(frozen, checksum, one["name"], language)
    description = one["description"] if language.code == SOURCE else told
    return {**one, **said, "rows": rows, "description": description, "areas": areas}


Touched = list[tuple[pictures.Width, list[tuple[Any, Any]]]]
_found: dict[tuple[str, str, str], tuple[str, Touched]] = {}


def _looked_for(frozen: Frozen, checksum: str, name: str, language: Language) -> tuple[str, Touched]:
    """A picture in words, and what can be touched on it at either width; looked for once in a process, as what is
    frozen stays.
    """
    key = (checksum, name, language.code)
    if key not in _found:
        widths: tuple[pictures.Width, ...] = ("page", "phone") if name == "map" else ("page",)
        drawn = [
            (width, pictures.picture(frozen, name, *frozen.headline, width, "light", language))
            for width in widths
        ]
        touched = [(width, list(one.areas.items())) for width, one in drawn if one.areas]
        _found[key] = (drawn[0][1].description, touched)
    return _found[key]


def borough(request: Request, session: Session) -> Page:
    """A borough's own page, for its plan: what its young people said beside everybody's, on one sheet of paper."""
    consultation, publications = _of(request, session)
    publication = _numbered(request, publications)
    return borough_page(request, session, consultation, publication.content, publications, publication)


def borough_page(
    request: Request,
    session: Session,
    consultation: Consultation,
    content: dict[str, Any],
    publications: list[Publication],
    publication: Publication | None,
    checksum: str = "",
) -> Page:
    """The page of the borough in the address, of what is published or, with a checksum only, would be."""
    shown = page_of(request, session, consultation, content, publications, publication, checksum)
    frozen, code = shown["frozen"], request.path_params["borough"]
    name = frozen.labels("borough").get(code)
    if name is None or not frozen.tells("borough", code):
        raise Problem(
            404,
            _("We have no figures for that borough"),
            _("Open the results and choose a borough from there."),
        )
    question, codes = frozen.headline
    rows = [
        (
            one,
            [
                (words, _in(frozen, key, choice, code), frozen.whole(key, (choice,)))
                for choice, words in one["choices"].items()
            ],
        )
        for key, one in frozen.questions.items()
        if "borough" in frozen.splits(key)
    ]
    there = f"{installation(request).settings.public_url}{shown['here']}"
    shown |= {"name": name, "row": _in(frozen, question, codes, code), "rows": rows, "address": there}
    return Page("publications/borough.html", shown)


def _in(frozen: Frozen, question: str, codes: str | tuple[str, ...], code: str) -> dict[str, Any] | None:
    """The row of a borough."""
    table = frozen.table(question, (codes,) if isinstance(codes, str) else codes, ("borough",))
    return next((row for row in table.rows() if row["borough"] == code), None)


def drawn(request: Request, session: Session) -> Response:
    """A picture of the headline figure, for a page."""
    _consultation, publications = _of(request, session)
    return picture_of(request, session, _numbered(request, publications).content, KEEP)


def picture_of(
    request: Request, session: Session, content: dict[str, Any], headers: dict[str, str]
) -> Response:
    """A picture of what a content says, as wide and as light as the address asks."""
    found = _picture(request, session, content, *light_and_wide(request), spoken_to(request))
    return Response(svg(found), media_type="image/svg+xml", headers=headers)


def light_and_wide(request: Request) -> tuple[pictures.Width, pictures.Theme]:
    """How wide and how light a picture is asked for."""
    asked = request.query_params
    width: pictures.Width = "phone" if asked.get("width") == "phone" else "page"
    theme: pictures.Theme = "dark" if asked.get("theme") == "dark" else "light"
    return width, theme


def as_slide(request: Request, session: Session) -> Response:
    """The same for a slide, in English: what it is drawn with has not the letters of every language."""
    consultation, publications = _of(request, session)
    publication = _numbered(request, publications)
    english = installation(request).language(SOURCE)
    found = _picture(request, session, publication.content, "page", "light", english)
    return _slide(request, consultation, publication, found, KEEP)


def _slide(
    request: Request,
    consultation: Consultation,
    publication: Publication,
    found: Picture,
    headers: dict[str, str],
) -> Response:
    """A picture of a publication for a slide, which says where it comes from."""
    there = f"{installation(request).settings.public_url}{address_of(consultation.slug, publication.number)}"
    source = f"{consultation.title}, published on {day(publication.published_on)}: {there}"
    drawn = pictures.as_slide(found, Frozen(publication.content), source)
    return Response(drawn, media_type="image/png", headers=headers)


def trend_drawn(request: Request, session: Session) -> Response:
    """The headline over the waves of the series, as they are published now: an earlier one may be corrected."""
    _publication, found = _trend(request, session, spoken_to(request))
    drawn = found.drawn(*light_and_wide(request), spoken_to(request))
    return Response(svg(drawn), media_type="image/svg+xml", headers=OPEN)


def trend_as_slide(request: Request, session: Session) -> Response:
    """The same for a slide."""
    publication, found = _trend(request, session)
    consultation, _publications = _of(request, session)
    drawn = found.drawn("page", "light", installation(request).language(SOURCE))
    return _slide(request, consultation, publication, drawn, OPEN)


def trend_as_file(request: Request, session: Session) -> Response:
    """The same as CSV, or what its columns mean."""
    publication, found = _trend(request, session)
    frozen, public = Frozen(publication.content), installation(request).settings.public_url
    here = f"{public}{address_of(request.path_params['slug'], publication.number)}"
    if request.path_params["file"] == "trend.csv":
        linked = OPEN | {
            "link": f'<{here}/trend.csv-metadata.json>; rel="describedby"; type="application/csvm+json"'
        }
        made = files.trend_as_csv(frozen, found, public)
        return Response(made, media_type="text/csv; charset=utf-8", headers=linked)
    told = files.metadata(frozen, here, public, "trend.csv", files.TREND)
    return JSONResponse(told, media_type="application/csvm+json", headers=OPEN)


def _trend(request: Request, session: Session, language: Language | None = None) -> tuple[Publication, Trend]:
    """A publication with its trend, in English without a language; Problem where there is none."""
    consultation, publications = _of(request, session)
    publication = _numbered(request, publications)
    return publication, trend_of(session, consultation, publication.content, language)


def trend_of(
    session: Session, consultation: Consultation, content: dict[str, Any], language: Language | None = None
) -> Trend:
    """The waves that a content stands in, in English without a language; Problem where there are none."""
    if language is None:
        found = trend(session, consultation, content)
    else:
        said = spoken(content, asked_in(session, content), language)
        found = trend(session, consultation, said.content, language.formats)
    if found is None or len(found.points) < LEAST_WAVES:
        raise Problem(404, _("There is no such picture"), _("Open the results and choose one from there."))
    return found


def _picture(
    request: Request,
    session: Session,
    content: dict[str, Any],
    width: pictures.Width,
    theme: pictures.Theme,
    language: Language,
) -> Picture:
    frozen = spoken(content, asked_in(session, content), language)
    question, codes = frozen.headline
    try:
        return pictures.picture(frozen, request.path_params["name"], question, codes, width, theme, language)
    except ValueError:
        raise Problem(
            404, _("There is no such picture"), _("Open the results and choose one from there.")
        ) from None


# Files, and the same for machines


def figures(request: Request, session: Session) -> Response:
    """The figures of a publication as a file."""
    consultation, publications = _of(request, session)
    publication = _numbered(request, publications)
    frozen, name = Frozen(publication.content), request.path_params["file"]
    if name in TRENDS:
        return trend_as_file(request, session)
    here = f"{installation(request).settings.public_url}{address_of(consultation.slug, publication.number)}"
    kept = KEEP | {"etag": f'"{publication.checksum}-{name}"'}
    if unchanged(request, kept["etag"]):
        return Response(status_code=304, headers=kept)
    if name == "figures.csv":
        linked = kept | {
            "link": f'<{here}/figures.csv-metadata.json>; rel="describedby"; type="application/csvm+json"'
        }
        return Response(files.as_csv(frozen), media_type="text/csv; charset=utf-8", headers=linked)
    if name == "figures.csv-metadata.json":
        publisher = installation(request).settings.public_url
        return JSONResponse(
            files.metadata(frozen, here, publisher), media_type="application/csvm+json", headers=kept
        )
    if name == "figures.xlsx":
        return Response(files.as_xlsx(frozen, publication.published_on), media_type=XLSX, headers=kept)
    raise Problem(404, _("There is no such file"), _("Open the results and choose a file from there."))


def api_list(request: Request, session: Session) -> Response:
    """Every publication, for machines."""
    asked = select(Publication, Consultation).join(
        Consultation, col(Consultation.id) == col(Publication.consultation_id)
    )
    ranked = asked.order_by(col(Consultation.slug), col(Publication.number))
    found = [_for_machines(request, consultation, one) for one, consultation in session.exec(ranked)]
    return _for_asking_again(request, JSONResponse({"publications": found}))


def api_one(request: Request, session: Session) -> Response:
    """One publication, for machines: its whole frozen content, beside what became of it."""
    consultation, publications = _of(request, session)
    publication = _numbered(request, publications)
    superseded = publications[-1].number > publication.number
    told = _for_machines(request, consultation, publication) | {
        "superseded_by": publications[-1].number if superseded else None,
        "content": publication.content,
    }
    return _for_asking_again(request, JSONResponse(told))


def _for_asking_again(request: Request, told: JSONResponse) -> Response:
    """An answer with its ETag, or only the word that it is the same as before."""
    kept = ASKED_AGAIN | {"etag": f'"{hashlib.sha256(told.body).hexdigest()}"'}
    if unchanged(request, kept["etag"]):
        return Response(status_code=304, headers=kept)
    told.headers.update(kept)
    return told


async def may_be_read(_request: Request) -> Response:
    """To a browser that asks before another site's page reads with headers of its own: yes, all of them."""
    allowed = {"access-control-allow-methods": "GET, HEAD", "access-control-allow-headers": "*"}
    return Response(status_code=204, headers=OPEN | allowed | {"access-control-max-age": "86400"})


def _for_machines(request: Request, consultation: Consultation, publication: Publication) -> dict[str, Any]:
    public = installation(request).settings.public_url
    return {
        "consultation": consultation.slug,
        "number": publication.number,
        "title": consultation.title,
        "synthetic": consultation.synthetic,
        "published_on": str(publication.published_on),
        "correction": publication.correction,
        "checksum": publication.checksum,
        "address": f"{public}{address_of(consultation.slug, publication.number)}",
        "api": f"{public}/api/v1/publications/{consultation.slug}/{publication.number}",
    }


# What is asked for


def address_of(slug: str, number: int) -> str:
    """Where a publication stands for ever."""
    return f"/results/{slug}/{number}"


def _first(frozen: Frozen, language: Language) -> dict[str, Any]:
    question, codes = frozen.headline
    words = frozen.words(question, codes, language.formats)
    return {"words": words, "whole": frozen.whole(question, codes), "frozen": frozen}


def _of(request: Request, session: Session) -> tuple[Consultation, list[Publication]]:
    """The consultation in the address and its publications, oldest first; Problem where nothing is published."""
    asked = select(Consultation).where(col(Consultation.slug) == request.path_params["slug"])
    consultation = session.exec(asked).first()
    found = published(session, consultation) if consultation else []
    if consultation is None or not found:
        raise Problem(
            404, _("Nothing is published there"), _("Results stand on this site once they are published.")
        )
    return consultation, found


def published(session: Session, consultation: Consultation) -> list[Publication]:
    """The publications of a consultation, oldest first."""
    asked = select(Publication).where(col(Publication.consultation_id) == consultation.id)
    return list(session.exec(asked.order_by(col(Publication.number))).all())


def _numbered(request: Request, publications: list[Publication]) -> Publication:
    number = request.path_params["number"]
    found = next((one for one in publications if one.number == number), None)
    if found is None:
        raise Problem(
            404, _("Nothing is published there"), _("Results stand on this site once they are published.")
        )
    return found
