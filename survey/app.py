"""The app: one list of routes that reads as a table of contents."""

import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.routing import Route

from survey import accounts, safety, watching, web, words
from survey.accounts import elsewhere
from survey.answering import desk, leaving, receipts, sharing, starting
from survey.answering import pages as answering
from survey.consultations import beside as beside_it
from survey.consultations import everybody, formats, planning, staff, told, translated
from survey.coverage import pages as coverage
from survey.db import open_engine
from survey.designer import bank, changes, files, languages, publishing, translating, trying
from survey.designer import pages as designer
from survey.exports import pages as exports
from survey.fieldwork import bulk, codes, collection, hosts, lists, opening, printing, setting
from survey.importing import pages as importing
from survey.languages import Language, read_languages
from survey.offline import batches, forms, meetings, public, tallies
from survey.offline import printing as offline
from survey.panel import joining, membership, pulse
from survey.panel import staff as panel_staff
from survey.panel.store import open_store
from survey.places import load
from survey.publications import before as before_publishing
from survey.publications import pages as publications
from survey.publications import publishing as publishing_results
from survey.publications import rules as rules_of_disclosure
from survey.reading import desk as reading
from survey.reading import frames
from survey.reading import text as text_read
from survey.reference import beside
from survey.reference import pages as reference
from survey.replies import feed, findings, groups, replies, subscribing, verdicts
from survey.replies import languages as in_languages
from survey.replies import pages as did
from survey.results import pages as results
from survey.rooms import pages as rooms
from survey.rooms import phones, presenting
from survey.rooms.standing import Standings
from survey.safeguarding import concerns, contact, naming
from survey.settings import Settings
from survey.statements import cards
from survey.statements import desk as statements
from survey.waves import pages as waves
from survey.web import Installation, action, page, upload
from survey.web.metrics import Measured, Metrics
from survey.weighting import pages as weighting
from survey.weighting import saving

ROUTES = [
    # A young person answers
    Route("/s", starting.enter_code),
    Route("/s/{code}", starting.start, methods=["GET"]),
    Route("/s/{code}", starting.begin, methods=["POST"]),
    Route("/p/{ticket}", starting.start, methods=["GET"]),
    Route("/p/{ticket}", starting.begin, methods=["POST"]),
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
    # People in a room vote
    Route("/join", phones.join),
    Route("/room/{code}", phones.door, methods=["GET"]),
    Route("/room/{code}", phones.go_in, methods=["POST"]),
    Route("/room/{code}/now", phones.now),
    Route("/room/{code}/{key}", phones.question),
    Route("/room/{code}/{key}/{number:number}", phones.number, methods=["GET"]),
    Route("/room/{code}/{key}/{number:number}", phones.vote, methods=["POST"]),
    # Somebody asks to be asked again
    Route("/panel", page(joining.ask), methods=["GET"]),
    Route("/panel", action(joining.say_age), methods=["POST"]),
    Route("/panel/join", action(joining.join), methods=["POST"]),
    Route("/panel/pulse", page(pulse.pulse)),
    Route("/panel/link", action(membership.send_link), methods=["POST"]),
    Route("/panel/you/{link}", page(membership.you), methods=["GET"]),
    Route("/panel/you/{link}", action(membership.change), methods=["POST"]),
    Route("/panel/leave/{link}", page(membership.leave_page), methods=["GET"]),
    Route("/panel/leave/{link}", action(membership.leave), methods=["POST"]),
    # Everybody
    Route("/", page(everybody.home)),
    Route("/staying-safe", page(everybody.staying_safe)),
    Route("/what-we-keep", page(everybody.what_we_keep)),
    Route("/c", page(everybody.every)),
    Route("/c/{slug}", page(told.page)),
    Route("/c/{slug}/formats", page(formats.ask), methods=["GET"]),
    Route("/c/{slug}/formats", action(formats.send), methods=["POST"]),
    Route("/c/{slug}/statements", page(cards.start), methods=["GET"]),
    Route("/c/{slug}/statements", action(cards.begin), methods=["POST"]),
    Route("/c/{slug}/statements/{key}", page(cards.card), methods=["GET"]),
    Route("/c/{slug}/statements/{key}", action(cards.say), methods=["POST"]),
    Route("/c/{slug}/statements/{key}/about", page(cards.about), methods=["GET"]),
    Route("/c/{slug}/statements/{key}/about", action(cards.tell), methods=["POST"]),
    Route("/c/{slug}/statements/{key}/results", page(cards.results)),
    Route("/c/{slug}/statements/{key}/forget", action(cards.forget), methods=["POST"]),
    Route("/c/{slug}/paper", page(public.paper)),
    Route("/c/{slug}/counted", page(public.counted)),
    Route("/contact", page(contact.ask), methods=["GET"]),
    Route("/contact", action(contact.send), methods=["POST"]),
    Route("/static/{version}/{name}", web.static_file),
    Route("/healthz", page(watching.healthy)),
    Route("/readyz", page(watching.ready)),
    Route("/metrics", watching.metrics),
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
    # Everybody reads what was promised, and whether it was done
    Route("/did", page(did.register)),
    Route("/did.atom", page(feed.feed)),
    Route("/did/mail", page(subscribing.ask), methods=["GET"]),
    Route("/did/mail", action(subscribing.begin), methods=["POST"]),
    Route("/did/mail/{token}", page(subscribing.opened), methods=["GET"]),
    Route("/did/mail/{token}", upload(subscribing.may_open, subscribing.act), methods=["POST"]),
    Route("/did/{id:number}", page(did.commitment)),
    Route("/g/{token}", page(verdicts.page), methods=["GET"]),
    Route("/g/{token}", action(verdicts.say), methods=["POST"]),
    # Staff sign in
    Route("/staff/in/{token}", page(accounts.invitation), methods=["GET"]),
    Route("/staff/in/{token}", action(accounts.sign_in_by_link), methods=["POST"]),
    Route("/staff/sign-in", page(accounts.sign_in_page), methods=["GET"]),
    Route("/staff/sign-in", accounts.sign_in, methods=["POST"]),
    Route("/staff/sign-in/account", elsewhere.going(elsewhere.SIGN_IN), methods=["GET"]),
    Route("/staff/sign-in/back", elsewhere.back, methods=["GET"]),
    Route("/staff/sign-in/passkey", action(accounts.ask_passkey), methods=["POST"]),
    Route("/staff/confirm", page(accounts.confirm_page), methods=["GET"]),
    Route("/staff/confirm", accounts.confirm, methods=["POST"]),
    Route("/staff/confirm/account", elsewhere.going(elsewhere.CONFIRM), methods=["GET"]),
    Route("/staff/out", action(accounts.sign_out), methods=["POST"]),
    Route("/staff/you", page(accounts.you), methods=["GET"]),
    Route("/staff/you", action(accounts.change_yourself), methods=["POST"]),
    Route("/staff/you/account", elsewhere.going(elsewhere.JOIN), methods=["GET"]),
    Route("/staff/you/passkey", action(accounts.ask_new_passkey), methods=["POST"]),
    Route("/staff/people", page(accounts.people), methods=["GET"]),
    Route("/staff/people", action(accounts.invite_person), methods=["POST"]),
    Route("/staff/people/{id:number}", action(accounts.change_person), methods=["POST"]),
    Route("/staff/audit", page(accounts.audit)),
    Route("/staff/audit.csv", page(accounts.audit_as_csv)),
    # Staff ask
    Route("/staff", page(staff.everything)),
    Route("/staff/consultations", page(planning.new), methods=["GET"]),
    Route("/staff/consultations", action(planning.make), methods=["POST"]),
    Route("/staff/consultations/{slug}/plan", page(planning.look), methods=["GET"]),
    Route("/staff/consultations/{slug}/plan", action(planning.change), methods=["POST"]),
    Route("/staff/consultations/{slug}/announce", action(planning.announce), methods=["POST"]),
    Route("/staff/consultations/{slug}/beside-it", page(beside_it.look), methods=["GET"]),
    Route("/staff/consultations/{slug}/beside-it", action(beside_it.change), methods=["POST"]),
    Route("/staff/consultations/{slug}/statements", page(statements.look), methods=["GET"]),
    Route("/staff/consultations/{slug}/statements", action(statements.add), methods=["POST"]),
    Route("/staff/consultations/{slug}/statements/act", action(statements.act), methods=["POST"]),
    Route("/staff/consultations/{slug}/formats", page(formats.waiting), methods=["GET"]),
    Route("/staff/consultations/{slug}/formats", action(formats.done), methods=["POST"]),
    Route("/staff/consultations/{slug}", page(staff.consultation)),
    Route("/staff/consultations/{slug}/questions", page(staff.questions)),
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
    # Staff gather answers off the network
    Route("/staff/collections/{id:number}/paper", page(batches.pack), methods=["GET"]),
    Route("/staff/collections/{id:number}/paper", action(batches.make), methods=["POST"]),
    Route("/staff/collections/{id:number}/paper/words", action(batches.publish_words), methods=["POST"]),
    Route("/staff/collections/{id:number}/paper/{what}", page(offline.sheet)),
    Route("/staff/batches/{letters}", page(batches.batch), methods=["GET"]),
    Route("/staff/batches/{letters}", action(batches.note_cover), methods=["POST"]),
    Route("/staff/batches/{letters}/forms", page(offline.forms)),
    Route("/staff/forms", page(batches.find)),
    Route("/staff/forms/{number}", page(forms.form), methods=["GET"]),
    Route("/staff/forms/{number}", action(forms.act), methods=["POST"]),
    Route("/staff/consultations/{slug}/meetings", page(meetings.meetings), methods=["GET"]),
    Route("/staff/consultations/{slug}/meetings", action(meetings.add), methods=["POST"]),
    Route("/staff/meetings/{id:number}", page(meetings.meeting), methods=["GET"]),
    Route("/staff/meetings/{id:number}", action(meetings.change), methods=["POST"]),
    Route("/staff/meetings/{id:number}/tallies/{collection:number}", page(tallies.tally), methods=["GET"]),
    Route("/staff/meetings/{id:number}/tallies/{collection:number}", action(tallies.keep), methods=["POST"]),
    # Staff hold rooms, and whoever has the link presents one
    Route("/staff/consultations/{slug}/rooms", page(rooms.rooms)),
    Route("/staff/consultations/{slug}/rooms/new", page(rooms.new), methods=["GET"]),
    Route("/staff/consultations/{slug}/rooms/new", action(rooms.make), methods=["POST"]),
    Route("/staff/rooms/{id:number}", page(rooms.room)),
    Route("/staff/rooms/{id:number}/change", page(rooms.change_page), methods=["GET"]),
    Route("/staff/rooms/{id:number}/change", action(rooms.change), methods=["POST"]),
    Route("/staff/rooms/{id:number}/link", action(rooms.make_link), methods=["POST"]),
    Route("/staff/rooms/{id:number}/present", page(presenting.staff_screen), methods=["GET"]),
    Route("/staff/rooms/{id:number}/present", action(presenting.staff_act), methods=["POST"]),
    Route("/present/{token}", page(presenting.screen), methods=["GET"]),
    Route("/present/{token}", action(presenting.act), methods=["POST"]),
    # The host of a setting, who has no account
    Route("/h/{token}", page(hosts.page)),
    Route("/h/{token}/{what}", page(hosts.sheet)),
    # Staff run the panel
    Route("/staff/panel", page(panel_staff.staff_page)),
    Route("/staff/panel/invite", action(panel_staff.invite), methods=["POST"]),
    Route("/staff/panel/tell", action(panel_staff.tell), methods=["POST"]),
    Route("/staff/panel/off", action(panel_staff.take_off), methods=["POST"]),
    Route("/staff/panel/pulse", action(panel_staff.open_pulse), methods=["POST"]),
    Route("/staff/panel/pulse/publish", action(panel_staff.publish_pulse), methods=["POST"]),
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
    # Readers read what people wrote
    Route("/staff/reading", page(reading.desk)),
    Route("/staff/reading/next", action(reading.take_next), methods=["POST"]),
    Route("/staff/reading/words", page(reading.word_lists)),
    Route("/staff/reading/{id}", page(text_read.look), methods=["GET"]),
    Route("/staff/reading/{id}", action(text_read.decide), methods=["POST"]),
    Route("/staff/consultations/{slug}/codes", page(frames.look), methods=["GET"]),
    Route("/staff/consultations/{slug}/codes", action(frames.change), methods=["POST"]),
    # Somebody is told when a young person may be in danger
    Route("/staff/consultations/{slug}/safeguarding", page(naming.look), methods=["GET"]),
    Route("/staff/consultations/{slug}/safeguarding", action(naming.change), methods=["POST"]),
    Route("/staff/concerns", page(concerns.every)),
    Route("/staff/concerns/{id:number}", page(concerns.look), methods=["GET"]),
    Route("/staff/concerns/{id:number}", action(concerns.act), methods=["POST"]),
    Route("/staff/contacts", page(contact.every)),
    Route("/staff/contacts/{id}", action(contact.handled), methods=["POST"]),
    # Staff choose words
    Route("/staff/words", page(words.words), methods=["GET"]),
    Route("/staff/words", action(words.choose), methods=["POST"]),
    # Staff say what we heard, and what we will do
    Route("/staff/consultations/{slug}/findings", page(findings.every)),
    Route("/staff/consultations/{slug}/findings/new", page(findings.new), methods=["GET"]),
    Route("/staff/consultations/{slug}/findings/new", action(findings.make), methods=["POST"]),
    Route("/staff/findings/{id:number}", page(findings.one_finding), methods=["GET"]),
    Route("/staff/findings/{id:number}", action(findings.change), methods=["POST"]),
    Route("/staff/findings/{id:number}/publish", action(findings.publish), methods=["POST"]),
    Route("/staff/findings/{id:number}/discard", action(findings.discard), methods=["POST"]),
    Route("/staff/findings/{id:number}/languages", page(in_languages.of_finding), methods=["GET"]),
    Route("/staff/findings/{id:number}/languages", action(in_languages.change_finding), methods=["POST"]),
    Route("/staff/findings/{id:number}/reply", page(replies.new), methods=["GET"]),
    Route("/staff/findings/{id:number}/reply", action(replies.make), methods=["POST"]),
    Route("/staff/replies", page(replies.register)),
    Route("/staff/replies/{id:number}", page(replies.one_reply), methods=["GET"]),
    Route("/staff/replies/{id:number}", action(replies.change), methods=["POST"]),
    Route("/staff/replies/{id:number}/publish", action(replies.publish), methods=["POST"]),
    Route("/staff/replies/{id:number}/discard", action(replies.discard), methods=["POST"]),
    Route("/staff/replies/{id:number}/updates", action(replies.update), methods=["POST"]),
    Route("/staff/updates/{id:number}/hide", action(replies.hide), methods=["POST"]),
    Route("/staff/replies/{id:number}/languages", page(in_languages.of_reply), methods=["GET"]),
    Route("/staff/replies/{id:number}/languages", action(in_languages.change_reply), methods=["POST"]),
    Route("/staff/youth-groups", page(groups.every), methods=["GET"]),
    Route("/staff/youth-groups", action(groups.make), methods=["POST"]),
    Route("/staff/youth-groups/{id:number}/link", action(groups.make_link), methods=["POST"]),
    Route("/staff/youth-groups/{id:number}/retire", action(groups.retire), methods=["POST"]),
    Route("/staff/verdicts/{id:number}/hide", action(groups.hide), methods=["POST"]),
    # Analysts publish
    Route("/staff/consultations/{slug}/publish", page(publishing_results.look), methods=["GET"]),
    Route("/staff/consultations/{slug}/publish", action(publishing_results.publish), methods=["POST"]),
    Route("/staff/consultations/{slug}/publish/{name}.svg", page(before_publishing.drawn)),
    Route("/staff/consultations/{slug}/publish/boroughs/{borough}", page(before_publishing.sheet)),
    Route("/staff/consultations/{slug}/publish/{file}", page(before_publishing.figures)),
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
    counted = Metrics()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.desk = desk.Desk(here.engine, clock, settings.limits, here.zone)
        app.state.writer, app.state.reader = app.state.desk.writer, app.state.desk.reader
        app.state.standings = Standings(app.state.reader)
        yield
        app.state.desk.close()

    app = Starlette(
        routes=ROUTES,
        middleware=[
            Middleware(Measured, routes=ROUTES, metrics=counted),
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
    app.state.installation, app.state.metrics = here, counted
    app.state.panel = open_store(settings)
    return app
