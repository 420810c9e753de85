"""What one running process knows."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from starlette.requests import Request

from survey.languages import SOURCE, Language, read_languages
from survey.places import Place
from survey.settings import Settings
from survey.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Installation:
    """What one running process knows: its settings, database, place and languages, and what time it is."""

    settings: Settings
    engine: Engine
    place: Place
    clock: Callable[[], dt.datetime]
    catalogues: Mapping[str, Language] = field(default_factory=read_languages)
    vocabulary: Vocabulary = field(init=False)
    _zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        """Find the place's time zone, and what is spoken, once."""
        object.__setattr__(self, "_zone", ZoneInfo(self.place.timezone))
        object.__setattr__(self, "vocabulary", Vocabulary(self.engine, self.catalogues))

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of this place."""
        return self._zone

    @property
    def languages(self) -> Mapping[str, Language]:
        """The interface's languages by code, with the words that staff chose."""
        return self.vocabulary.languages()

    def language(self, code: str | None) -> Language:
        """The interface's language of a code; English where it does not speak that one."""
        languages = self.languages
        return languages.get(code or SOURCE) or languages[SOURCE]

    @property
    def offered(self) -> list[Language]:
        """The languages that everybody may read public pages in: reviewed ones, and those that staff switched on."""
        return self.vocabulary.offered()

    def asked_for(self, code: str | None) -> Language:
        """The language that an address asks for, if it is offered; English where it is not."""
        return next((one for one in self.offered if one.code == code), self.language(SOURCE))

    def now(self) -> dt.datetime:
        """This moment."""
        return self.clock()

    def moment(self, at: dt.datetime) -> str:
        """A moment as staff read it here: the time alone for today, else the day too."""
        here = at.astimezone(self._zone)
        return f"{here:%H:%M}" if here.date() == self.today() else f"{here.day} {here:%B %Y, %H:%M}"

    def local(self) -> dt.datetime:
        """This moment by the clocks of this place."""
        return self.clock().astimezone(self._zone)

    def today(self) -> dt.date:
        """The day it is in this place."""
        return self.local().date()


def installation(request: Request) -> Installation:
    """The installation that a request came to."""
    found: Installation = request.app.state.installation
    return found
