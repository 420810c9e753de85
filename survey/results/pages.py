"""The analyst's page of a consultation, and its pictures."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from analysis import charts
from analysis.disclosure import outwards
from questions import Message, QuestionSet, Wording
from questions.messages import _
from survey import access, counts
from survey.instruments import parsed
from survey.measuring import asking, figures
from survey.measuring.answers import Measure, answered_versions
from survey.measuring.differences import differences
from survey.measuring.figures import Asked, Figures, label_of
from survey.models import Collection, Consultation
from survey.places import load
from survey.results.checks import checks
from survey.results.claim import ERRORS, claim, counted
from survey.results.differences import in_words
from survey.results.modelled import modelled
from survey.results.second import TOO_FEW, second_reading
from survey.web import Page, Problem
from survey.wording import listed


def results(request: Request, session: Session) -> Page:
    """What a consultation's answers say, by borough, age and gender; with how it was weighted."""
    staff, consultation = access.open_consultation(request, session, access.READS_RESULTS)
    collection = _collection(request, session, consultation)
    here = counts.submitted_by_collection(session, consultation.id).get(collection.id or 0, 0)
    shown: dict[str, object] = {
        "staff": staff,
        "consultation": consultation,
        "collection": collection,
        "submitted": counts.submitted_to(session, consultation.id),
        "here": here,
        "nobody": "",
    }
    if not here or not figures.can_be_estimated(collection):
        return Page("results/nothing_yet.html", shown)
    asked = _asked(request, consultation, collection)
    by = figures.way(request.query_params.get("by", ""))
    found = figures.figures(session, asked, [by] if by else figures.EACH_ALONE)
    if found.weighted.nobody:
        return Page("results/nothing_yet.html", shown | {"nobody": found.weighted.nobody})
    shown |= _described(found) | {"by": ",".join(by or ()), "ways": _ways()}
    shown["other_words"] = _other_words(session, asked)
    everything = figures.everything_said(found)
    box = checks(session, collection, here, request.query_params.getlist("without"))
    second = second_reading(session, found, everything, box.marked, box.wanted) if box.readable else None
    shown |= {"everything": everything, "checks": box, "second": second, "too_few": TOO_FEW}
    shown["no_interval"] = _no_interval(session, found)
    shown["rule"] = found.door.rule
    shown["modelled"] = modelled(session, found)
    return Page("results/results.html", shown, block="figures")


def _printed_ends(row: Mapping[str, Any]) -> tuple[float, float]:
    """The ends of an interval in whole percent, as they are published: what is printed holds what was found."""
    return outwards(row["ci_low"], 2, -1), outwards(row["ci_high"], 2, 1)


def _described(found: Figures) -> dict[str, object]:
    """What the template needs to say of the figures."""
    asked, whole = found.asked, found.whole.rows()[0]
    return {
        "asked": asked,
        "question": asked.measure.question,
        "own_words": Wording(asked.question_set, asked.question_set.language, {}),
        "in_english": Wording(asked.question_set, "en", {}),
        "language": asked.question_set.language,
        "words": asked.measure.words("en"),
        "codes": " ".join(asked.measure.codes),
        "questions": asking.measures(asked.question_set),
        "choices": [
            (" ".join(codes), Measure(asked.measure.question, codes).words("en"))
            for codes in asking.choices_of(asked.measure.question)
        ],
        "whole": whole,
        "ends": _printed_ends(whole) if whole["estimate"] is not None else None,
        "notes": found.weighted.notes,
        "weighted": found.weighted.weighted,
        "claim": claim(found),
        "counted": counted(found),
        "errors": ERRORS,
        "interval_name": found.whole.interval_name,
        "splits": [_split(found, by) for by in found.splits],
    }


def _no_interval(session: Session, found: Figures) -> Message | None:
    """Why the figure of everybody has no interval, in a sentence; None where it has one or is not shown."""
    (whole,) = found.whole.rows()
    if whole["estimate"] is None or not math.isnan(whole["ci_low"]):
        return None
    if whole["df"] > 0:
        return _("There is no interval: it cannot be worked out.")
    if len(counts.submitted_by_setting(session, found.asked.collection.id)) == 1:
        return _(
            "There is no interval, since there is one setting: it takes two to see how far answers differ between them."
        )
    return _(
        "There is no interval, since no borough has answers from two settings: it takes two to see how far answers "
        "differ between them."
    )


def _other_words(session: Session, asked: Asked) -> list[tuple[int, str, str]]:
    """What earlier versions asked under the same key, where it was said otherwise: version, question, choices."""
    now = asked.measure.question
    told = []
    for instrument in answered_versions(session, asked.collection):
        then = parsed(instrument).asked(now.key)
        if then is not None and instrument.id != asked.collection.instrument_id:
            labels = [
                str(one.label)
                for one in then.choices
                if not now.has(one.code) or now.label(one.code) != one.label
            ]
            if str(then.prompt) != str(now.prompt) or labels:
                words = Wording(parsed(instrument), parsed(instrument).language, {})(then.prompt)
                told.append((instrument.version, words, " · ".join(labels)))
    return told


def _ways() -> list[tuple[str, str]]:
    """What the figures may be split by: the columns, and their names in words."""
    return [(",".join(by), _named(by)) for by in figures.WAYS]


def _named(by: Sequence[str]) -> str:
    names = listed([asking.SPLITS[name].lower() for name in by])
    return names[:1].upper() + names[1:]


def _split(found: Figures, key: str) -> dict[str, object]:
    """What the template needs to say of one split."""
    table = found.splits[key]
    rows = [_row(row, table.by, found.asked) for row in table.rows()]
    alone = len(table.by) == 1
    if key == "borough":
        rows.sort(key=lambda row: (row["estimate"] is None, -(row["estimate"] or 0), row["label"]))
    describe = charts.describe if alone else charts.describe_heat
    return {
        "by": key,
        "name": _named(table.by),
        "rows": rows,
        "description": describe(table, _labels(found, key)),
        "differences": [
            in_words(differences(found, key, column), found.whole.interval_name) for column in table.by
        ],
    }


def _row(row: dict[str, Any], by: Sequence[str], asked: Asked) -> dict[str, Any]:
    label = ", ".join(label_of(name, row[name], asked) for name in by)
    return row | {"label": label, "place": tuple(row[name] for name in by)}


def _labels(found: Figures, key: str) -> dict[object, str]:
    table = found.splits[key]
    return {row[name]: label_of(name, row[name], found.asked) for row in table.rows() for name in table.by}


def picture(request: Request, session: Session) -> Response:
    """A split as a picture: dots at their depth, with their intervals as lines through them."""
    _, consultation = access.open_consultation(request, session, access.READS_RESULTS)
    by = figures.way(request.path_params["by"])
    collection = _collection(request, session, consultation)
    nobody = not counts.submitted_by_collection(session, consultation.id).get(collection.id or 0)
    if by is None or nobody or not figures.can_be_estimated(collection):
        raise _no_picture()
    found = figures.figures(session, _asked(request, consultation, collection), [by])
    key, compared = ",".join(by), request.query_params.get("show") == "differences"
    if found.weighted.nobody or key not in found.splits or (compared and len(by) > 1):
        raise _no_picture()
    drawing = _compared(found, key, request) if compared else _drawn(found, key, request)
    return Response(charts.svg(drawing), media_type="image/svg+xml")


def _no_picture() -> Problem:
    return Problem(404, _("There is no such picture"), _("Open the results page and choose one from there."))


def _drawn(found: Figures, key: str, request: Request) -> charts.Picture:
    """The shares of each group: a column as dots with their intervals, two as a table of shades."""
    table, labels, title = found.splits[key], _labels(found, key), _title(found, key)
    if len(table.by) > 1:
        return charts.heat(table, labels=labels, title=title, **_look(request))
    whole = found.whole.rows()[0]
    draw = charts.ranking if key == "borough" else charts.ordered
    overall = whole if whole["estimate"] is not None else None
    return draw(table, labels=labels, title=title, overall=overall, overall_name="Everyone", **_look(request))


def _compared(found: Figures, key: str, request: Request) -> charts.Picture:
    """How far each group is from everybody else; the boroughs from most to fewest."""
    compared = differences(found, key)
    if not compared.rows:
        raise _no_picture()
    return charts.differences(
        compared.ranked if key == "borough" else compared.rows,
        title=_title(found, key),
        against=compared.against,
        interval_name=found.whole.interval_name,
        **_look(request),
    )


def _title(found: Figures, key: str) -> str:
    made_up = " (made-up answers)" if found.asked.consultation.synthetic else ""
    return f"Said “{found.asked.measure.words('en')}”, by {_named(key.split(',')).lower()}{made_up}"


def _look(request: Request) -> dict[str, Any]:
    """The width and the theme that a picture is asked for in."""
    wanted = request.query_params
    return {
        "width": "phone" if wanted.get("width") == "phone" else "page",
        "theme": "dark" if wanted.get("theme") == "dark" else "light",
    }


def _collection(request: Request, session: Session, consultation: Consultation) -> Collection:
    """The collection asked for, or else the one with most answers; different designs are never pooled."""
    submitted = counts.submitted_by_collection(session, consultation.id)
    ranked = sorted(consultation.collections, key=lambda one: -submitted.get(one.id or 0, 0))
    wanted = request.query_params.get("collection", "")
    found = next((one for one in ranked if str(one.id) == wanted), None) or next(iter(ranked), None)
    if found is None:
        raise Problem(404, _("Nothing is collected here yet"), _("This consultation has no collection."))
    return found


def _asked(request: Request, consultation: Consultation, collection: Collection) -> Asked:
    question_set: QuestionSet = parsed(collection.instrument)
    key, codes = request.query_params.get("question", ""), request.query_params.get("answer", "")
    place = load(consultation.place) if consultation.place else None
    measure = asking.measure(consultation, question_set, key, codes)
    return Asked(consultation, collection, question_set, place, measure)
