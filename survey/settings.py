"""What an operator may set, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process.

    `database_url` is an SQLAlchemy address (`sqlite:///file.db` or `postgresql+psycopg://...`);
    `place` names a folder of `survey/places`; `public_url` is how people reach this installation;
    `demo` marks an installation that holds made-up answers; `four_eyes`: whoever publishes a question set is not
    the one who changed it last, and whoever lets a file of rows go is not the one who asked for it; `proxies` are
    believed when they say for whom they ask; `files` is the folder in which files of rows lie until they are fetched.
    """

    database_url: str = "sqlite:///soundings.db"
    place: str = "london"
    public_url: str = "http://127.0.0.1:8000"
    demo: bool = False
    four_eyes: bool = True
    proxies: str = "127.0.0.1,::1"
    files: str = ""

    @property
    def files_folder(self) -> Path:
        """Where files of rows lie: where an operator says, else beside the database that is a file, else here."""
        address = make_url(self.database_url)
        beside = address.database if address.get_backend_name() == "sqlite" else None
        return Path(self.files or (f"{beside}.files" if beside else "soundings-files")).absolute()

    @property
    def secure(self) -> bool:
        """Whether people reach this installation over TLS."""
        return self.public_url.startswith("https://")


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from DATABASE_URL, FORWARDED_ALLOW_IPS, and SOUNDINGS_PLACE, _PUBLIC_URL, _DEMO, _FOUR_EYES, _FILES."""
    usual = Settings()
    return Settings(
        database_url=with_driver(environment.get("DATABASE_URL", usual.database_url)),
        place=environment.get("SOUNDINGS_PLACE", usual.place),
        public_url=environment.get("SOUNDINGS_PUBLIC_URL", usual.public_url).rstrip("/"),
        demo=environment.get("SOUNDINGS_DEMO", "") == "1",
        four_eyes=environment.get("SOUNDINGS_FOUR_EYES", "1") != "0",
        proxies=environment.get("FORWARDED_ALLOW_IPS", usual.proxies),
        files=environment.get("SOUNDINGS_FILES", usual.files),
    )


def with_driver(url: str) -> str:
    """Hosting services hand out `postgres://`; SQLAlchemy wants the driver's name."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
