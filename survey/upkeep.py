"""The commands that keep an installation: `soundings backup-key`, `backup`, `restore` and `tidy`."""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import SQLAlchemyError

from survey import evidence
from survey.app import system_clock
from survey.backups import making, restoring, sealing
from survey.backups.parts import CannotBackUp, Part
from survey.db import migrate, open_engine, transaction
from survey.panel import store
from survey.panel.tables import PanelTable
from survey.places import load
from survey.settings import Settings, with_driver
from survey.tidying import tidy
from survey.web import Installation

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

PANEL_TABLES = frozenset(PanelTable.metadata.tables) | {"panel_version"}


def add(commands: Commands) -> None:
    """Add the commands to the command line."""
    commands.add_parser("backup-key", help="print a new pair of keys for backups").set_defaults(run=_key)

    back = commands.add_parser("backup", help="write an encrypted copy of the database into a folder")
    back.add_argument("folder", type=Path, metavar="TO", help="a folder that is there, on another disk")
    back.add_argument("--recipient", default="", help="age1…, whose identity reads it; else the setting")
    back.add_argument("--panel", action="store_true", help="the panel, and not the answers")
    back.set_defaults(run=_backup)

    again = commands.add_parser("restore", help="make a database of a backup again")
    again.add_argument("file", type=Path, metavar="FILE")
    again.add_argument("--identity", type=Path, required=True, metavar="KEYFILE", help="AGE-SECRET-KEY-1…")
    again.add_argument("--into", default="", metavar="URL", help="another database than the setting names")
    again.add_argument("--panel", action="store_true", help="a backup of the panel")
    again.set_defaults(run=_restore)

    tidies = commands.add_parser("tidy", help="remove what is past its days, and say what it was")
    tidies.add_argument("--backups", type=Path, metavar="FOLDER", help="else as SOUNDINGS_BACKUPS says")
    tidies.set_defaults(run=_tidy)


def part_of(settings: Settings, *, panel: bool) -> Part:
    """What is backed up: the answers, or the panel, wherever it is kept."""
    if panel:
        return Part("panel", settings.panel_url, PANEL_TABLES, True, store.CHAIN, "panel_version")
    return Part("answers", settings.database_url, PANEL_TABLES)


def _key(_chosen: argparse.Namespace, _settings: Settings) -> int:
    identity, recipient = sealing.new_pair()
    print(f"# recipient: {recipient}\n{identity}")
    print(
        "Keep both lines in a file away from the server; the server needs the recipient alone.",
        file=sys.stderr,
    )
    return 0


def _backup(chosen: argparse.Namespace, settings: Settings) -> int:
    signal.signal(signal.SIGTERM, _stopped)  # so that what is not encrypted yet goes
    for_panel, for_answers = settings.panel_backup_recipient, settings.backup_recipient
    recipient = chosen.recipient or (for_panel if chosen.panel else for_answers)
    part = part_of(settings, panel=chosen.panel)
    made = making.make(part, chosen.folder, recipient, system_clock())
    print(f"{made.file}\n{made.rows:,} rows, {made.size:,} bytes encrypted, SHA-256 {made.sha256}")
    _note(settings, settings.database_url, "backup", made.rows, f"{made.file.name} {made.sha256}")
    return 0


def _restore(chosen: argparse.Namespace, settings: Settings) -> int:
    signal.signal(signal.SIGTERM, _stopped)
    part = part_of(settings, panel=chosen.panel)
    if chosen.into:
        part = replace(part, url=with_driver(chosen.into))
    manifest = restoring.restore(part, chosen.file, chosen.identity)
    print(f"{sum(manifest.rows.values()):,} rows of {manifest.made_at} are back, and checked.")
    if not chosen.panel:
        _note(settings, part.url, "restore", sum(manifest.rows.values()), chosen.file.name)
    return 0


def _tidy(chosen: argparse.Namespace, settings: Settings) -> int:
    folder = chosen.backups or (Path(settings.backups) if settings.backups else None)
    if folder is not None and not folder.is_dir():
        raise CannotBackUp(f"There is no folder {folder}. Name the one in which backups lie.")
    engine = open_engine(settings.database_url)
    migrate(engine)
    panel = store.open_store(settings)
    if panel:
        panel.migrate()
    here = Installation(settings, engine, load(settings.place), system_clock)
    try:
        for one in tidy(here, panel, folder):
            print(f"{one.how_many:>7,}  {evidence.RULES[one.rule]}")
    finally:
        engine.dispose()
        if panel:
            panel.engine.dispose()
    return 0


def _note(settings: Settings, url: str, rule: str, how_many: int, named: str) -> None:
    """Note it as evidence, where the database has a table for that: an older one may not."""
    engine = open_engine(url)
    try:
        if not _takes_evidence(engine):
            return
        here = Installation(settings, engine, load(settings.place), system_clock)
        with transaction(engine) as session:
            evidence.note(session, here.today(), rule, how_many, named)
    except SQLAlchemyError as wrong:
        print(f"It stands in no evidence: {str(wrong).partition(chr(10))[0]}", file=sys.stderr)
    finally:
        engine.dispose()


def _takes_evidence(engine: Engine) -> bool:
    return inspect(engine).has_table("evidence")


def _stopped(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(143)
