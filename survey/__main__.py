"""The command line: `soundings serve`, `demo`, `migrate`, `invite`, `import-responses`, `check-in-r`, `estimate`.

`survey.upkeep` has those that keep an installation.
"""

import argparse
import os
import shutil
import socket
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import uvicorn
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from survey import accounts, demo, upkeep
from survey.app import make_app, system_clock
from survey.backups.parts import CannotBackUp
from survey.db import migrate, open_engine, reading, transaction
from survey.exports import recomputing
from survey.exports.worker import Worker
from survey.importing.command import import_responses
from survey.importing.mapping import WrongImport
from survey.measuring.keeper import Keeper
from survey.models import Role
from survey.panel.keeping import Sender, Tidier
from survey.panel.seals import new_key
from survey.panel.store import open_store
from survey.places import WrongPlace, load
from survey.publications.trend import trend
from survey.recurring import Recurring
from survey.replies.post import Post
from survey.results.printed import FORMATS, CannotEstimate, Wanted, estimate, notes, printed
from survey.rooms.closing import Closer
from survey.settings import LOOPBACK, Mailing, Settings, WrongSetting, from_environment
from survey.staffed import WrongLimits
from survey.tidying import Tidying
from survey.web import behind_proxies
from survey.web.logs import write_lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 2 when something has to be mended first."""
    chosen = _parser().parse_args(arguments)
    try:
        result: int = chosen.run(chosen, from_environment())
    except (Wrong, CannotBackUp, WrongPlace, WrongSetting, WrongLimits) as wrong:
        print(wrong, file=sys.stderr)
    except LookupError as unknown:
        print(f"{unknown.args[0]} Set SOUNDINGS_PLACE to one of them.", file=sys.stderr)
    except (SQLAlchemyError, OSError) as error:
        reason = str(error).partition("\n")[0]
        print(
            f"The database cannot be used: {reason}\nLook at DATABASE_URL, and at its folder or server.",
            file=sys.stderr,
        )
    else:
        return result
    return 2


class Wrong(Exception):
    """A command that cannot go on, with what to do about it."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="soundings", description="Ask young people, hear them, measure it honestly."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve the pages of this installation")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument(
        "--demo-for-everybody",
        action="store_true",
        help="let a demonstration (SOUNDINGS_DEMO=1) be reached from other machines",
    )
    serve.set_defaults(run=_serve)

    show = commands.add_parser("demo", help="fill an embedded database with made-up answers, and serve it")
    show.add_argument("--port", type=int, default=8000)
    show.add_argument("--data", type=Path, default=Path("demo-data"), help="the folder of its database")
    show.add_argument("--fresh", action="store_true", help="start over: throw away what the demo holds")
    show.set_defaults(run=_demo)

    commands.add_parser("migrate", help="bring the tables to this version's shape").set_defaults(run=_migrate)
    commands.add_parser("panel-key", help="print a new key for the panel").set_defaults(run=_panel_key)

    invite = commands.add_parser("invite", help="print a one-time sign-in link for a member of staff")
    invite.add_argument("name")
    invite.add_argument(
        "--role",
        action="append",
        required=True,
        choices=[role.value for role in Role],
        help="what they may do; give it again for more than one",
    )
    invite.set_defaults(run=_invite)

    _add_import(commands)
    _add_check(commands)
    _add_estimate(commands)
    upkeep.add(commands)
    return parser


def _add_import(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    bring = commands.add_parser("import-responses", help="load the answers of a past survey from a CSV file")
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument(
        "--questions", type=Path, required=True, metavar="SET", help="its question set, as TOML"
    )
    bring.add_argument(
        "--mapping", type=Path, required=True, metavar="MAP", help="which column is which question"
    )
    bring.set_defaults(run=_import)


def _add_check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = commands.add_parser("check-in-r", help="write an R script that works every figure out again")
    check.add_argument("consultation", help="its name in its address, as in youth-survey-2026")
    check.add_argument(
        "--collection", type=int, help="its number; the one with most answers if it is not given"
    )
    check.add_argument(
        "--publication", type=int, help="its number: what it says, and not the results page, is worked out"
    )
    check.add_argument(
        "--question", action="append", default=[], metavar="KEY", help="only this one; again for another"
    )
    check.add_argument("--why", required=True, help="what it is for: it stands in the audit")
    check.add_argument("--folder", type=Path, required=True, help="a folder that is not there yet")
    check.set_defaults(run=_check_in_r)


def _add_estimate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    ask = commands.add_parser(
        "estimate", help="print the figures of a question, as the results page shows them"
    )
    ask.add_argument("--consultation", required=True, metavar="SLUG", help="as in its address")
    ask.add_argument(
        "--collection", default="", metavar="N", help="its number; else the one with most answers"
    )
    ask.add_argument("--recipe", default="", metavar="NAME[:VERSION]", help="else the one in use")
    ask.add_argument("--question", required=True, metavar="KEY")
    ask.add_argument("--answer", default="", metavar="CODES", help="such as very,fairly; else as on the page")
    ask.add_argument("--by", default="", metavar="COLUMNS", help="one or two of borough, age_band and gender")
    ask.add_argument("--format", default="table", choices=FORMATS, dest="how")
    ask.set_defaults(run=_estimate)


def _serve(chosen: argparse.Namespace, settings: Settings) -> int:
    if settings.demo and chosen.host not in LOOPBACK and not chosen.demo_for_everybody:
        raise Wrong(
            f"This is a demonstration (SOUNDINGS_DEMO=1), and {chosen.host} can be reached from other machines, where "
            "somebody might take it for real. Serve it at 127.0.0.1, or say --demo-for-everybody."
        )
    _must_be_free(chosen.host, chosen.port, "soundings serve --port 8001")
    engine = open_engine(settings.database_url)
    migrate(engine)
    _migrate_panel(settings)
    _run(settings, engine, chosen.host, chosen.port)
    return 0


def _run(settings: Settings, engine: Engine, host: str, port: int) -> None:
    """Serve until told to stop. No access log: it would hold addresses."""
    write_lines()
    app = make_app(settings, engine)
    here, panel = app.state.installation, app.state.panel
    beside: list[Recurring] = [
        Worker(engine, settings, system_clock),
        Keeper(engine, here.today),
        Closer(engine, here.today),
        Post(here),
        Tidying(here),
    ]
    beside += [Sender(panel, here), Tidier(panel, here)] if panel else []
    for one in beside:
        one.start()
    try:
        uvicorn.run(
            behind_proxies(app, settings.proxies),
            host=host,
            port=port,
            access_log=False,
            proxy_headers=False,  # ours remember nobody
            server_header=False,
            log_config=None,  # ours: nothing that anybody sent
            timeout_graceful_shutdown=10,  # seconds in which what is under way is finished
        )
    finally:
        for one in beside:
            one.stop()


def _demo(chosen: argparse.Namespace, settings: Settings) -> int:
    _must_be_free("127.0.0.1", chosen.port, "make demo PORT=8001")
    address = f"http://127.0.0.1:{chosen.port}"
    database = chosen.data.absolute() / "demo.db"
    if chosen.fresh and chosen.data.exists():
        _throw_away(chosen.data)
    settings = replace(
        settings,
        database_url=f"sqlite:///{database}",
        public_url=address,
        demo=True,
        panel_database_url="",
        panel_key=_demo_key(database),
        mailing=Mailing(folder=f"{database}.mails"),
    )
    engine = open_engine(settings.database_url)
    migrate(engine)
    place = load(settings.place)
    demo.fill(engine, place, system_clock())
    _migrate_panel(settings)
    if panel := open_store(settings):
        demo.fill_panel(panel, place, system_clock().date())
        panel.engine.dispose()
    _say_where(engine, address)
    _run(settings, engine, "127.0.0.1", chosen.port)
    return 0


def _demo_key(database: Path) -> str:
    """The key of the demo's panel, which lies beside it: nobody is in there."""
    file = database.with_name(f"{database.name}.panel-key")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(new_key())
    return file.read_text()


def _throw_away(folder: Path) -> None:
    """Remove a demo's folder, and only one that is: everything in it must be the database's."""
    if any(not file.name.startswith("demo.db") for file in folder.iterdir()):
        raise Wrong(
            f"{folder} holds more than the demo's database. Empty it yourself, or name another with --data."
        )
    shutil.rmtree(folder)


WAYS_IN = {
    demo.DEMO_CODE: "A young person answers",
    "SHARED": "on a device of a class",
    "TABLET": "on a tablet on a stall",
}
WAYS_TO_READ = {
    "/": "Everybody reads",
    "/did": "what was promised",
    "/c/knife-crime-summit-2016": "what a room of 150 said",
    "/panel": "A panel: ask to be asked",
}


def _say_where(engine: Engine, address: str) -> None:
    with transaction(engine) as session:
        links = {
            name: f"{address}/staff/in/{accounts.invite(session, name, roles, system_clock())}"
            for name, roles in demo.STAFF.items()
        }
    print("\nSoundings is ready. Open one of these; press Ctrl+C to stop.\n")
    for code, what in WAYS_IN.items():
        print(f"  {what:<26}{address}/s/{code}")
    for page, what in WAYS_TO_READ.items():
        print(f"  {what:<26}{address}{page}")
    for (name, roles), link in zip(demo.STAFF.items(), links.values(), strict=True):
        print(f"  {name}: {', '.join(role.value.replace('_', ' ') for role in roles)}\n      {link}")
    print(
        "\nEach staff link signs in once. `make demo` again keeps the answers and prints new links.\n",
        flush=True,
    )


def _must_be_free(host: str, port: int, other: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OverflowError, socket.gaierror):
            raise Wrong(
                f"{host}:{port} is no address to serve at. A port is a number from 1 to 65535."
            ) from None
        except OSError:
            raise Wrong(
                f"Port {port} is taken by another program. Stop it, or choose another port: {other}"
            ) from None


def _migrate(_chosen: argparse.Namespace, settings: Settings) -> int:
    migrate(open_engine(settings.database_url))
    _migrate_panel(settings)
    print("The tables are up to date.")
    return 0


def _migrate_panel(settings: Settings) -> None:
    panel = open_store(settings)
    if panel:
        panel.migrate()
        panel.engine.dispose()


def _panel_key(_chosen: argparse.Namespace, _settings: Settings) -> int:
    print(new_key())
    return 0


def _invite(chosen: argparse.Namespace, settings: Settings) -> int:
    if not chosen.name.strip():
        raise Wrong('Whom do you invite? Give a name: soundings invite "Ada" --role analyst')
    engine = open_engine(settings.database_url)
    migrate(engine)
    roles = [Role(role) for role in chosen.role]
    with transaction(engine) as session:
        token = accounts.invite(session, chosen.name, roles, system_clock())
    print(f"{settings.public_url}/staff/in/{token}")
    print("It signs in once, within seven days. Give it to nobody else.")
    return 0


def _import(chosen: argparse.Namespace, settings: Settings) -> int:
    engine = open_engine(settings.database_url)
    migrate(engine)
    try:
        with transaction(engine) as session:
            report = import_responses(session, chosen.file, chosen.questions, chosen.mapping, system_clock())
    except WrongImport as wrong:
        raise Wrong(str(wrong)) from None
    print(report)
    return 0


def _check_in_r(chosen: argparse.Namespace, settings: Settings) -> int:
    wanted = recomputing.Wanted(
        chosen.consultation,
        chosen.folder,
        chosen.why,
        chosen.collection,
        chosen.publication,
        tuple(chosen.question),
    )
    engine = open_engine(settings.database_url)
    migrate(engine)
    try:
        with transaction(engine) as session:
            told = recomputing.write(session, wanted, system_clock(), trend)
    except recomputing.CannotCheck as wrong:
        raise Wrong(str(wrong)) from None
    finally:
        engine.dispose()
    print(told)
    return 0


def _estimate(chosen: argparse.Namespace, settings: Settings) -> int:
    wanted = Wanted(
        chosen.consultation, chosen.question, chosen.collection, chosen.recipe, chosen.answer, chosen.by
    )
    engine = open_engine(settings.database_url)
    try:
        with transaction(reading(engine)) as session:
            found = estimate(session, wanted)
            print(printed(found, chosen.how))
            if chosen.how != "json":  # which has them in it; a CSV file holds figures alone
                print("", *notes(found), sep="\n", file=sys.stderr if chosen.how == "csv" else sys.stdout)
    except CannotEstimate as cannot:
        raise Wrong(str(cannot)) from None
    except BrokenPipeError:  # whoever reads it has read enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
