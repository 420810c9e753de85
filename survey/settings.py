"""What an operator may set, read once from the environment."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url

from survey.staffed import Limits, limits_from

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class WrongSetting(Exception):
    """A setting that cannot be meant: which, and what it may be."""


class MailWay(StrEnum):
    """How mail leaves: by a server, or, where nobody has named one, into a folder or onto the console."""

    FILE = "file"
    CONSOLE = "console"
    SMTP = "smtp"


@dataclass(frozen=True, slots=True)
class Mailing:
    """How mail leaves, and as whose. `tls` is `starttls`, `tls` (from the first byte) or `none`.

    `folder` is where messages lie as files while `way` says so.
    """

    way: MailWay = MailWay.FILE
    sender: str = "Soundings <soundings@localhost>"
    folder: str = "soundings-mail"
    host: str = "localhost"
    port: int = 587
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider (OpenID Connect) whose accounts staff may sign in with; none where `issuer` is empty.

    `name` is what staff call it: "City Hall".
    """

    issuer: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    name: str = "the city’s account"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process.

    `database_url` is an SQLAlchemy address (`sqlite:///file.db` or `postgresql+psycopg://...`);
    `place` names a folder of `survey/places`; `public_url` is how people reach this installation;
    `demo` marks an installation that holds made-up answers; `four_eyes`: whoever publishes a question set is not
    the one who changed it last, and whoever lets a file of rows go is not the one who asked for it; `proxies` are
    believed when they say for whom they ask; `files` is the folder in which files of rows lie until they are fetched;
    `mailing` says how mail leaves, and `news_every` after how many days at the earliest somebody gets news again;
    `panel_key` seals the addresses of the panel, which is shut without it, and `panel_database_url` is where they are
    kept, if not where `panel_url` says; `provider` lets staff sign in with accounts that they have elsewhere;
    `metrics_token` is what a watcher shows to read `/metrics`, which is not there without one; `backups` is the folder
    in which old backups are removed, and `backup_recipient` and `panel_backup_recipient` are whom those of the answers
    and of the panel are encrypted for.
    """

    database_url: str = "sqlite:///soundings.db"
    place: str = "london"
    public_url: str = "http://127.0.0.1:8000"
    demo: bool = False
    four_eyes: bool = True
    proxies: str = "127.0.0.1,::1"
    files: str = ""
    mailing: Mailing = field(default_factory=Mailing)
    news_every: int = 7
    limits: Limits = field(default=Limits())
    panel_database_url: str = ""
    panel_key: str = field(default="", repr=False)
    provider: Provider = field(default_factory=Provider)
    metrics_token: str = field(default="", repr=False)
    backups: str = ""
    backup_recipient: str = ""
    panel_backup_recipient: str = ""

    @property
    def files_folder(self) -> Path:
        """Where files of rows lie: where an operator says, else beside the database that is a file, else here."""
        address = make_url(self.database_url)
        beside = address.database if address.get_backend_name() == "sqlite" else None
        return Path(self.files or (f"{beside}.files" if beside else "soundings-files")).absolute()

    @property
    def panel_url(self) -> str:
        """Where the panel is kept: where an operator says, else in a file beside the answers, else with them."""
        address = make_url(self.database_url)
        beside = address.get_backend_name() == "sqlite" and address.database
        apart = f"sqlite:///{address.database}.panel" if beside else self.database_url
        return self.panel_database_url or apart

    @property
    def secure(self) -> bool:
        """Whether people reach this installation over TLS."""
        return self.public_url.startswith("https://")


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from DATABASE_URL, FORWARDED_ALLOW_IPS, SOUNDINGS_PLACE, _PUBLIC_URL, _DEMO, _FOUR_EYES and _FILES.

    Raises WrongSetting or WrongLimits for one that cannot be meant.
    """
    usual = Settings()
    return Settings(
        database_url=with_driver(environment.get("DATABASE_URL", usual.database_url)),
        place=environment.get("SOUNDINGS_PLACE", usual.place),
        public_url=environment.get("SOUNDINGS_PUBLIC_URL", usual.public_url).rstrip("/"),
        demo=environment.get("SOUNDINGS_DEMO", "") == "1",
        four_eyes=environment.get("SOUNDINGS_FOUR_EYES", "1") != "0",
        proxies=environment.get("FORWARDED_ALLOW_IPS", usual.proxies),
        files=environment.get("SOUNDINGS_FILES", usual.files),
        mailing=_mailing(environment),
        news_every=_days(environment.get("SOUNDINGS_NEWS_EVERY", str(usual.news_every))),
        limits=limits_from(environment),
        panel_database_url=with_driver(environment.get("SOUNDINGS_PANEL_DATABASE_URL", "")),
        panel_key=secret(environment, "SOUNDINGS_PANEL_KEY"),
        provider=_provider(environment),
        metrics_token=secret(environment, "SOUNDINGS_METRICS_TOKEN"),
        backups=environment.get("SOUNDINGS_BACKUPS", ""),
        backup_recipient=environment.get("SOUNDINGS_BACKUP_RECIPIENT", ""),
        panel_backup_recipient=environment.get("SOUNDINGS_PANEL_BACKUP_RECIPIENT", ""),
    )


def _mailing(environment: Mapping[str, str]) -> Mailing:
    """How mail leaves, from SOUNDINGS_MAIL, _MAIL_FROM, _MAIL_FOLDER, and SMTP_HOST, _PORT, _USER, _PASSWORD, _TLS."""
    usual = Mailing()
    return Mailing(
        way=MailWay(_one_of(environment, "SOUNDINGS_MAIL", usual.way, [*MailWay])),
        sender=environment.get("SOUNDINGS_MAIL_FROM", usual.sender),
        folder=environment.get("SOUNDINGS_MAIL_FOLDER", usual.folder),
        host=environment.get("SMTP_HOST", usual.host),
        port=_port(environment.get("SMTP_PORT", str(usual.port))),
        user=environment.get("SMTP_USER", usual.user),
        password=secret(environment, "SMTP_PASSWORD"),
        tls=_one_of(environment, "SMTP_TLS", usual.tls, ["starttls", "tls", "none"]),
    )


def _provider(environment: Mapping[str, str]) -> Provider:
    """An identity provider, from SOUNDINGS_OIDC_ISSUER, _CLIENT_ID, _CLIENT_SECRET and _NAME."""
    issuer = environment.get("SOUNDINGS_OIDC_ISSUER", "").rstrip("/")
    here = urlsplit(issuer)
    if issuer and not (here.scheme == "https" or (here.scheme == "http" and here.hostname in LOOPBACK)):
        raise WrongSetting(
            f"SOUNDINGS_OIDC_ISSUER is “{issuer}”. It is an address that begins with https://."
        )
    client = environment.get("SOUNDINGS_OIDC_CLIENT_ID", "")
    if issuer and not client:
        raise WrongSetting("SOUNDINGS_OIDC_ISSUER is set, and SOUNDINGS_OIDC_CLIENT_ID is not. Set both.")
    name = environment.get("SOUNDINGS_OIDC_NAME") or Provider().name
    return Provider(issuer, client, secret(environment, "SOUNDINGS_OIDC_CLIENT_SECRET"), name)


def _one_of(environment: Mapping[str, str], name: str, usual: str, known: Sequence[str]) -> str:
    chosen = environment.get(name, usual)
    if chosen not in known:
        raise WrongSetting(f"{name} is “{chosen}”. It may be {', '.join(known[:-1])} or {known[-1]}.")
    return chosen


def _port(written: str) -> int:
    if not (written.isdecimal() and 0 < int(written) < 65536):
        raise WrongSetting(f"SMTP_PORT is “{written}”. A port is a number from 1 to 65535.")
    return int(written)


def _days(written: str) -> int:
    if not (written.isdecimal() and 0 < int(written) <= 366):
        raise WrongSetting(f"SOUNDINGS_NEWS_EVERY is “{written}”. It is a number of days, from 1 to 366.")
    return int(written)


def secret(environment: Mapping[str, str], name: str) -> str:
    """A secret from the environment, or from the file that NAME_FILE names; empty where there is neither.

    Raises WrongSetting for a file that cannot be read.
    """
    file = environment.get(f"{name}_FILE")
    if not file:
        return environment.get(name, "")
    try:
        return Path(file).read_text("utf8").strip()
    except OSError as wrong:
        raise WrongSetting(f"{name}_FILE names a file that cannot be read: {wrong.strerror}.") from None


def with_driver(url: str) -> str:
    """Hosting services hand out `postgres://`; SQLAlchemy wants the driver's name."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
