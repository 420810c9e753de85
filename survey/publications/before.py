"""What would be published, part by part as everybody would see it: pictures, a borough’s sheet, files; kept nowhere."""

from __future__ import annotations

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from analysis.charts import svg
from survey import access
from survey.measuring.frozen import Frozen
from survey.models import Consultation, LookedAt
from survey.publications import files
from survey.publications.pages import XLSX, borough_page, light_and_wide, picture_of, published, trend_of
from survey.publications.publishing import collection_to_publish
from survey.web import Page, Problem, installation, spoken_to

NOT_KEPT = {"cache-control": "no-store"}


def drawn(request: Request, session: Session) -> Response:
    """A picture of what was looked at last."""
    consultation, found = _looked_at(request, session)
    if request.path_params["name"] != "trend":
        return picture_of(request, session, found.content, NOT_KEPT)
    language = spoken_to(request)
    waves = trend_of(session, consultation, found.content, language)
    made = waves.drawn(*light_and_wide(request), language)
    return Response(svg(made), media_type="image/svg+xml", headers=NOT_KEPT)


def sheet(request: Request, session: Session) -> Page:
    """A borough's page of what was looked at last."""
    consultation, found = _looked_at(request, session)
    earlier = published(session, consultation)
    return borough_page(request, session, consultation, found.content, earlier, None, found.checksum)


def figures(request: Request, session: Session) -> Response:
    """A file of what was looked at last."""
    consultation, found = _looked_at(request, session)
    frozen, here = Frozen(found.content), installation(request)
    name = request.path_params["file"]
    if name == "figures.csv":
        return Response(files.as_csv(frozen), media_type="text/csv; charset=utf-8", headers=NOT_KEPT)
    if name == "figures.xlsx":
        return Response(files.as_xlsx(frozen, here.today()), media_type=XLSX, headers=NOT_KEPT)
    if name == "trend.csv":
        made = files.trend_as_csv(
            frozen, trend_of(session, consultation, found.content), here.settings.public_url
        )
        return Response(made, media_type="text/csv; charset=utf-8", headers=NOT_KEPT)
    raise Problem(404, "There is no such file", "Open what would be published, and choose a file from there.")


def _looked_at(request: Request, session: Session) -> tuple[Consultation, LookedAt]:
    """A consultation with what was looked at last; raises Problem where nothing was."""
    _staff, consultation = access.open_consultation(request, session, access.READS_RESULTS)
    found = session.get(LookedAt, collection_to_publish(session, consultation).id)
    if found is None:
        raise Problem(404, "Nothing was looked at yet", "Open what would be published, and look at it there.")
    return consultation, found
