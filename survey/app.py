"""The app: one list of routes that reads as a table of contents."""

import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from survey import accounts, consultations, safety, translated, web, words
from survey.answering import desk, leaving, receipts, sharing, starting
from survey.answering import pages as answering
from survey.coverage import pages as coverage
from survey.db import open_engine
from survey.designer import bank, changes, files, languages, publishing, translating, trying
from survey.designer import pages as designer
from survey.exports import pages as exports
from survey.fieldwork import bulk, codes, collection, hosts, lists, opening, printing, setting
from survey.importing import pages as importing
from survey.languages import Language, read_languages
from survey.places import load
from survey.publications import pages as publications
from survey.publications import publishing as publishing_results
from survey.publications import rules as rules_of_disclosure
from survey.reference import beside
from survey.reference import pages as reference
from survey.results import pages as results
from survey.settings import Settings
from survey.waves import pages as waves
from survey.web import Installation, action, page, upload
from survey.weighting import pages as weighting
from survey.weighting import saving


def healthy(_request: Request, session: Session) -> Response:
    """Whether this process and its database answer."""
    try:
        session.connection().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return PlainTextResponse("no database", status_code=503)
    return PlainTextResponse("ok")


ROUTES = [
    # A young person answers
    Route("/s", starting.enter_code),
    Route("/s/{code}", starting.start, methods=["GET"]),
    Route("/s/{code}", starting.begin, methods=["POST"]),
    Route("/r/-", sharing.through, methods=["POST"]),
    Route("/r/-/{rest:path}", sharing.through, methods=["POST"]),
    Route("/r/{key}", answering.resume),
    Route("/r/{key}/check-answers", answering.check_answers, methods=["GET"]),
    Route("/r/{key}/check-answers", answering.submit, methods=["POST"]),
    Route("/r/{key}/thank-you", answering.thank_you),
    Route("/r/{key}/leave-now", leaving.leave, methods=["POST"]),
    Route("/r/{key}/stop-and-delete", leaving.ask_to_delete, methods=["GET"]),
    Route("/r/{key}/stop-and-delete", leaving.delete, methods=["POST"]),
    Route("/r/{key}/carry-on", leaving.carry_on, methods=["POST"]),
    Route("/r/{key}/change-language", leaving.change_language, methods=["POST"]),
    Route("/r/{key}/come-back", answering.come_back),
    Route("/r/{key}/{page}", answering.show_question, methods=["GET"]),
    Route("/r/{key}/{page}", answering.answer, methods=["POST"]),
    Route("/ahead/{instrument:number}/{language}/{mark}", answering.ahead),
    Route("/receipt", page(receipts.ask), methods=["GET"]),
    Route("/receipt", action(receipts.delete), methods=["POST"]),
    Route("/left", leaving.gone),
    Route("/left/forget", leaving.forget),
    # Everybody
    Route("/", page(consultations.home)),
    Route("/staying-safe", page(consultations.staying_safe)),
    Route("/what-we-keep", page(consultations.what_we_keep)),
    Route("/static/{version}/{name}", web.static_file),
    Route("/healthz", page(healthy)),
    # Everybody reads what was published
    Route("/results", page(publications.everything)),
    Route("/results/{slug}", page(publications.latest)),
    Route("/results/{slug}/{number:number}", page(publications.results)),
    Route("/results/{slug}/{number:number}/boroughs/{borough}", page(publications.borough)),
    Route("/results/{slug}/{number:number}/trend.svg", page(publications.trend_drawn)),
    Route("/results/{slug}/{number:number}/trend.png", page(publications.trend_as_slide)),
    Route("/results/{slug}/{number:number}/{name}.svg", page(publications.drawn)),
    Route("/results/{slug}/{number:number}/{name}.png", page(publications.as_slide)),
    Route("/results/{slug}/{number:number}/{file}", page(publications.figures)),
    Route("/api/v1/publications", page(publications.api_list)),
    Route("/api/v1/publications/{slug}/{number:number}", page(publications.api_one)),
    Route("/api/v1/publications", publications.may_be_read, methods=["OPTIONS"]),
    Route("/api/v1/publications/{slug}/{number:number}", publications.may_be_read, methods=["OPTIONS"]),
    # Staff sign in
    Route("/staff/in/{token}", page(accounts.invitation), methods=["GET"]),
    Route("/staff/in/{token}", action(accounts.sign_in), methods=["POST"]),
    Route("/staff/out", action(accounts.sign_out), methods=["POST"]),
    Route("/staff/audit", page(accounts.audit)),
    # Staff ask
    Route("/staff", page(consultations.everything)),
    Route("/staff/consultations/{slug}", page(consultations.consultation)),
    Route("/staff/consultations/{slug}/questions", page(consultations.questions)),
    Route("/staff/consultations/{slug}/coverage", page(coverage.coverage)),
    Route("/staff/collections/{id:number}/targets", action(coverage.change_targets), methods=["POST"]),
    # Staff do fieldwork
    Route("/staff/consultations/{slug}/collections", page(opening.ways), methods=["GET"]),
    Route("/staff/consultations/{slug}/collections", action(opening.open_new), methods=["POST"]),
    Route("/staff/collections/{id:number}", page(collection.collection)),
    Route("/staff/collections/{id:number}/terms", page(opening.change_page), methods=["GET"]),
    Route("/staff/collections/{id:number}/terms", action(opening.change), methods=["POST"]),
    Route("/staff/collections/{id:number}/routes", action(collection.change_routes), methods=["POST"]),
    Route("/staff/collections/{id:number}/settings", page(bulk.add_page), methods=["GET"]),
    Route("/staff/collections/{id:number}/settings", action(bulk.add_one), methods=["POST"]),
    Route(
        "/staff/collections/{id:number}/settings/look", upload(bulk.may_upload, bulk.upload), methods=["POST"]
    ),
    Route(
        "/staff/collections/{id:number}/settings/make",
        upload(bulk.may_upload, bulk.confirm),
        methods=["POST"],
    ),
    Route("/staff/collections/{id:number}/files/{name}", page(lists.download)),
    Route("/staff/collections/{id:number}/print/{what}", page(printing.all_sheets)),
    Route("/staff/collections/{id:number}/hosts", action(hosts.make_links), methods=["POST"]),
    Route("/staff/settings/{code}", page(setting.setting), methods=["GET"]),
    Route("/staff/settings/{code}", action(setting.change), methods=["POST"]),
    Route("/staff/settings/{code}/about", action(setting.change_about), methods=["POST"]),
    Route("/staff/settings/{code}/code", action(codes.change_code), methods=["POST"]),
    Route("/staff/settings/{code}/host", action(hosts.make_link), methods=["POST"]),
    Route("/staff/settings/{code}/card", page(printing.card)),
    Route("/staff/settings/{code}/poster", page(printing.poster)),
    Route("/staff/settings/{code}/qr.svg", page(printing.picture)),
    # The host of a setting, who has no account
    Route("/h/{token}", page(hosts.page)),
    Route("/h/{token}/{what}", page(hosts.sheet)),
    # Staff write question sets
    Route("/staff/sets", page(designer.sets), methods=["GET"]),
    Route("/staff/sets", action(designer.new_set), methods=["POST"]),
    Route("/staff/sets/{key}", page(designer.designer)),
    Route("/staff/sets/{key}/history", page(designer.story)),
    Route("/staff/sets/{key}/history/{number:number}", page(designer.change)),
    Route("/staff/sets/{key}/look/{page}", page(trying.look)),
    Route("/staff/sets/{key}/try", page(trying.try_it)),
    Route("/staff/sets/{key}/try/{page}", page(trying.by_hand), methods=["GET"]),
    Route("/staff/sets/{key}/try/{page}", action(trying.next_by_hand), methods=["POST"]),
    Route("/staff/sets/{key}/publish", page(publishing.before_publishing), methods=["GET"]),
    Route("/staff/sets/{key}/publish", action(publishing.publish), methods=["POST"]),
    Route("/staff/sets/{key}/marks", action(publishing.mark), methods=["POST"]),
    Route("/staff/sets/{key}/title", action(changes.save_title), methods=["POST"]),
    Route("/staff/sets/{key}/add", action(changes.add_question), methods=["POST"]),
    Route("/staff/sets/{key}/act", action(changes.act), methods=["POST"]),
    Route("/staff/sets/{key}/step", action(changes.step), methods=["POST"]),
    Route("/staff/sets/{key}/retire", action(changes.retire), methods=["POST"]),
    Route("/staff/sets/{key}/questions/{question}", action(changes.save_question), methods=["POST"]),
    Route("/staff/sets/{key}/questions/{question}/shown", action(changes.save_condition), methods=["POST"]),
    Route(
        "/staff/sets/{key}/questions/{question}/page-shown",
        action(changes.save_page_condition),
        methods=["POST"],
    ),
    Route("/staff/sets/{key}/questions/{question}/page", action(changes.save_page), methods=["POST"]),
    # Question sets as files, on paper, and from the bank
    Route("/staff/sets/upload", upload(files.may_upload, files.upload_new), methods=["POST"]),
    Route("/staff/sets/{key}/upload", upload(files.may_upload, files.upload), methods=["POST"]),
    Route("/staff/sets/{key}/files", page(files.files)),
    Route("/staff/sets/{key}/files/{name}", page(files.download)),
    Route("/staff/sets/{key}/bank", page(bank.bank), methods=["GET"]),
    Route("/staff/sets/{key}/bank", action(bank.take), methods=["POST"]),
    # Staff translate them
    Route("/staff/sets/{key}/languages", page(languages.list_languages), methods=["GET"]),
    Route("/staff/sets/{key}/languages", action(languages.change_languages), methods=["POST"]),
    Route("/staff/sets/{key}/languages/{lang}", page(translating.translation), methods=["GET"]),
    Route(
        "/staff/sets/{key}/languages/{lang}",
        upload(translating.may_translate, translating.save_words),
        methods=["POST"],
    ),
    Route("/staff/sets/{key}/languages/{lang}/po", page(translating.download), methods=["GET"]),
    Route(
        "/staff/sets/{key}/languages/{lang}/po",
        upload(translating.may_translate, translating.bring),
        methods=["POST"],
    ),
    # Staff keep help at hand
    Route("/staff/help-lines", page(safety.help_lines), methods=["GET"]),
    Route("/staff/help-lines", action(safety.check), methods=["POST"]),
    # Staff choose words
    Route("/staff/words", page(words.words), methods=["GET"]),
    Route("/staff/words", action(words.choose), methods=["POST"]),
    # Analysts publish
    Route("/staff/consultations/{slug}/publish", page(publishing_results.look), methods=["GET"]),
    Route("/staff/consultations/{slug}/publish", action(publishing_results.publish), methods=["POST"]),
    Route("/staff/consultations/{slug}/languages", page(translated.look), methods=["GET"]),
    Route("/staff/consultations/{slug}/languages", action(translated.change), methods=["POST"]),
    Route("/staff/consultations/{slug}/rule", page(rules_of_disclosure.look), methods=["GET"]),
    Route("/staff/consultations/{slug}/rule", action(rules_of_disclosure.change), methods=["POST"]),
    # Analysts measure
    Route("/staff/consultations/{slug}/results", page(results.results)),
    Route("/staff/consultations/{slug}/results/{by}.svg", page(results.picture)),
    # Analysts take files out
    Route("/staff/consultations/{slug}/files", page(exports.files), methods=["GET"]),
    Route("/staff/consultations/{slug}/files", action(exports.ask), methods=["POST"]),
    Route("/staff/files/{id:number}", page(exports.one_request)),
    Route("/staff/files/{id:number}/decision", action(exports.decide), methods=["POST"]),
    Route("/staff/files/{id:number}/{name}", page(exports.fetch)),
    # Analysts weight
    Route("/staff/consultations/{slug}/weighting", page(weighting.weighting)),
    Route("/staff/consultations/{slug}/weighting.svg", page(weighting.picture)),
    Route("/staff/collections/{id:number}/recipes", action(saving.save), methods=["POST"]),
    Route("/staff/collections/{id:number}/recipe", action(saving.choose), methods=["POST"]),
    Route("/staff/collections/{id:number}/chances", action(saving.change_chances), methods=["POST"]),
    # Waves of a series
    Route("/staff/series", page(waves.every), methods=["GET"]),
    Route("/staff/series", action(waves.begin), methods=["POST"]),
    Route("/staff/series/{key}", page(waves.series)),
    Route("/staff/series/{key}/waves", action(waves.change_waves), methods=["POST"]),
    Route("/staff/series/{key}/{run:number}.svg", page(waves.picture)),
    # Past surveys come in
    Route("/staff/import", page(importing.start)),
    Route("/staff/import/look", upload(importing.may_bring, importing.look), methods=["POST"]),
    Route("/staff/import/keep", upload(importing.may_bring, importing.keep), methods=["POST"]),
    # Adults as a reference, beside young people and never mixed with them
    Route("/staff/consultations/{slug}/beside", page(beside.beside)),
    Route("/staff/consultations/{slug}/beside/{side}.svg", page(beside.picture)),
    Route("/staff/reference", page(reference.every)),
    Route("/staff/reference/look", upload(reference.may_bring, reference.look), methods=["POST"]),
    Route("/staff/reference/keep", upload(reference.may_bring, reference.keep), methods=["POST"]),
    Route("/staff/reference/{key}", page(reference.series)),
    Route("/staff/reference/{key}/take-out", action(reference.take_out), methods=["POST"]),
]


def system_clock() -> dt.datetime:
    """The time it is."""
    return dt.datetime.now(dt.UTC)


def make_app(
    settings: Settings,
    engine: Engine | None = None,
    clock: Callable[[], dt.datetime] = system_clock,
    languages: Mapping[str, Language] | None = None,
) -> Starlette:
    """The app of an installation, as a value; its lanes to the database open when it starts."""
    database, place = engine or open_engine(settings.database_url), load(settings.place)
    here = Installation(settings, database, place, clock, languages or read_languages())

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.desk = desk.Desk(here.engine, clock)
        yield
        app.state.desk.close()

    app = Starlette(
        routes=ROUTES,
        middleware=[
            Middleware(web.Guard, secure=settings.secure),
            Middleware(web.Throttle, clock=here.local),
        ],
        exception_handlers={
            web.Problem: web.show_problem,
            HTTPException: web.show_http_error,
            ClientDisconnect: web.hang_up,
            Exception: web.show_fault,
        },
        lifespan=lifespan,
    )
    app.state.installation = here
    return app
