"""Series: staff say which consultations are its waves, and read a question over them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from analysis import charts
from questions import Wording
from questions.messages import _
from survey import access
from survey.measuring.answers import Measure
from survey.measuring.asking import choices_of, measure
from survey.models import Consultation, Role, Series, Staff
from survey.waves import trend as trends
from survey.waves.trend import Trend, Wave
from survey.web import Form, Page, Problem, installation, one, see
from survey.wording import key_of

SETS = (Role.ANALYST, Role.PUBLISHER, Role.ADMIN)
LONGEST = 120


def every(request: Request, session: Session) -> Page:
    """The series that there are, and the form that begins another."""
    return _list(access.open_staff_page(request, session, access.READS_RESULTS), session)


def _list(staff: Staff, session: Session, fault: str = "", typed: str = "") -> Page:
    found = session.exec(select(Series).order_by(col(Series.title))).all()
    shown = {"staff": staff, "every": found, "fault": fault, "typed": typed, "may_set": _may_set(staff)}
    return Page("waves/list.html", shown, 422 if fault else 200)


def _may_set(staff: Staff) -> bool:
    return bool(set(SETS) & set(staff.roles))


def begin(request: Request, session: Session, form: Form) -> Page | Response:
    """Begin a series, which has no wave yet."""
    staff = access.open_staff_page(request, session, SETS)
    title = one(form, "title")
    key = key_of(title)
    if not key or len(title) > LONGEST:
        told = (
            f"Write a title with a letter or a number from a to z or 0 to 9, of at most {LONGEST} characters."
        )
        return _list(staff, session, told, title)
    try:
        with session.begin_nested():
            session.add(Series(key=key, title=title))
    except IntegrityError:
        return _list(staff, session, "There is a series of this title. Give this one another.", title)
    access.note(session, installation(request).now(), staff.name, "began", f"series {key}")
    return see(f"/staff/series/{key}")


def open_series(request: Request, session: Session) -> Series:
    """The series in the address; raises Problem where there is no such."""
    found = session.exec(select(Series).where(col(Series.key) == request.path_params["key"])).first()
    if found is None:
        raise Problem(404, _("We cannot find that series"), _("Look in the list of series."))
    return found


def change_waves(request: Request, session: Session, form: Form) -> Response:
    """Make a consultation a wave of this series, or no wave any more; the audit keeps who did."""
    staff = access.open_staff_page(request, session, SETS)
    series = open_series(request, session)
    asked = select(Consultation).where(col(Consultation.slug) == one(form, "consultation"))
    found = session.exec(asked.with_for_update()).first()
    out = one(form, "act") == "out"
    if found is None or (found.series_id != series.id if out else found.series_id is not None):
        told = "Choose a consultation that is a wave of no series, or one of this series to take out."
        raise Problem(422, "Nothing was changed", told)
    found.series_id = None if out else series.id
    did = "took out of" if out else "put into"
    access.note(
        session,
        installation(request).now(),
        staff.name,
        f"{did} a series",
        f"series {series.key}",
        found.slug,
    )
    return see(f"/staff/series/{series.key}")


def series(request: Request, session: Session) -> Page:
    """A question over the waves of a series: each figure, each change, and each break with what broke it."""
    staff = access.open_staff_page(request, session, access.READS_RESULTS)
    found = open_series(request, session)
    waves = trends.waves_in_order(found)
    free = select(Consultation).where(col(Consultation.series_id).is_(None)).order_by(col(Consultation.title))
    shown: dict[str, Any] = {
        "staff": staff,
        "series": found,
        "waves": waves,
        "free": session.exec(free).all(),
        "may_set": _may_set(staff),
        "trend": None,
        "made_up": any(one.synthetic for one in waves),
    }
    asked = _asked(request, session, found)
    return Page("waves/series.html", shown | (_described(session, asked) if asked else {}))


def _asked(request: Request, session: Session, found: Series) -> Trend | None:
    """The trend that is asked for, or else that of the newest wave's headline; None where no two waves ask the same."""
    every = trends.questions_of(session, found)
    key = request.query_params.get("question", "")
    question_set, question = next(
        (one for one in every if one[1].key == key), every[0] if every else (None, None)
    )
    if question is None or question_set is None:
        return None
    newest = trends.waves_in_order(found)[-1]
    codes = request.query_params.get("answer", "")
    return trends.trend(session, found, measure(newest, question_set, question.key, codes))


def _described(session: Session, found: Trend) -> dict[str, Any]:
    question = found.measure.question
    return {
        "trend": found,
        "questions": [
            (one.key, Wording(question_set, "en", {})(one.prompt))
            for question_set, one in trends.questions_of(session, found.series)
        ],
        "choices": [(" ".join(codes), Measure(question, codes).words("en")) for codes in _choices(found)],
        "codes": " ".join(found.measure.codes),
        "words": found.measure.words("en"),
        "address": f"question={question.key}&answer={'+'.join(found.measure.codes)}",
        "pictures": [
            (at, _drawn(found, at).description, run[0].wording or found.runs()[at][-1].wording)
            for at, run in enumerate(found.runs())
            if any(wave.shown for wave in run)
        ],
        "claims": list(dict.fromkeys(wave.claim for wave in found.waves if wave.claim)),
        "when": trends.when,
    }


def _choices(found: Trend) -> list[tuple[str, ...]]:
    codes, usual = choices_of(found.measure.question), found.measure.codes
    return codes if usual in codes else [usual, *codes]


def picture(request: Request, session: Session) -> Response:
    """The waves that asked in the same words, on one axis."""
    access.open_staff_page(request, session, access.READS_RESULTS)
    found = _asked(request, session, open_series(request, session))
    at = request.path_params["run"]
    if found is None or at >= len(found.runs()) or not any(wave.shown for wave in found.runs()[at]):
        raise Problem(404, _("There is no such picture"), _("Open the series, and choose from there."))
    shown = request.query_params
    drawn = _drawn(found, at, shown.get("width", ""), shown.get("theme", ""))
    return Response(charts.svg(drawn), media_type="image/svg+xml")


def _drawn(found: Trend, at: int, width: str = "", theme: str = "") -> charts.Picture:
    """A run of waves; the line breaks between those whose people were reached in different ways."""
    reached, points = 0, []
    run = found.runs()[at]
    for wave in run:
        step = found.step_to(wave)
        reached += bool(step is not None and step.reached)
        points.append((_label(wave, run), _row(wave, found, f"reached {reached}")))
    made_up = " (made-up answers)" if any(wave.consultation.synthetic for wave in run) else ""
    names = dict.fromkeys(wave.interval_name for wave in run if wave.interval_name)
    return charts.trend(
        points,
        title=f"Said “{found.measure.words('en')}”{made_up}",
        width="phone" if width == "phone" else "page",
        theme="dark" if theme == "dark" else "light",
        interval_name=" or ".join(names),
    )


def _label(wave: Wave, run: list[Wave]) -> str:
    """The year in which a wave began; with its month, or its day, where two waves began in one year, or one month."""
    began = wave.consultation.opens_on
    for told in ("%Y", "%b %Y"):
        if sum(f"{one.consultation.opens_on:{told}}" == f"{began:{told}}" for one in run) == 1:
            return f"{began:{told}}"
    return f"{began.day} {began:%b %Y}"


def _row(wave: Wave, found: Trend, kind: str) -> dict[str, Any] | None:
    """The row of a wave as a picture takes it: by what it measures, and how its people were reached."""
    if wave.row is None:
        return None
    ends = {end: None if wave.row[end] != wave.row[end] else wave.row[end] for end in ("ci_low", "ci_high")}
    return {
        **wave.row,
        **ends,
        "measure": found.measure.question.key,
        "level": found.measure.codes,
        "kind": kind,
    }
