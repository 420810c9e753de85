"""What a thing may be, and how a document is stored."""

from enum import StrEnum

from sqlalchemy import JSON, Enum
from sqlalchemy.dialects.postgresql import JSONB

Document = JSON().with_variant(JSONB(), "postgresql")


class Design(StrEnum):
    """How a collection reaches people, and so what may be claimed from it."""

    PROBABILITY = "probability"
    GATEKEPT = "gatekept"
    QUOTA = "quota"
    OPEN = "open"
    PANEL = "panel"
    ROOM = "room"
    TALLY = "tally"


class Kind(StrEnum):
    """By what way a collection gathers responses; which designs it may have is in `fieldwork.claims`."""

    SCHOOLS = "schools"
    YOUTH_SETTINGS = "youth settings"
    OPEN_LINK = "open link"
    PANEL = "panel"
    ROOM = "room"
    PAPER = "paper"
    TALLY = "tally"


ON_PAPER = (Kind.PAPER, Kind.TALLY)  # answered on forms or counted in sessions, and on no phone


class Audience(StrEnum):
    """Whom a collection or a meeting is for; they are counted apart."""

    YOUNG = "young people"
    ADULTS = "adults"
    ORGANISATIONS = "organisations"
    ANYONE = "anyone"


class Answer(StrEnum):
    """What a reply says to a finding: will it be done?"""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    ALREADY = "already"


class Evidence(StrEnum):
    """What a finding rests on."""

    ESTIMATE = "estimate"
    CODE = "code"
    ROOM = "room"
    NOTE = "note"
    PRINTED = "printed"


class Voice(StrEnum):
    """Who said a statement first."""

    YOUNG = "young"
    STAFF = "staff"


class Opinion(StrEnum):
    """What somebody says to a statement."""

    AGREE = "agree"
    DISAGREE = "disagree"
    SKIP = "skip"


class Devices(StrEnum):
    """Whose device people answer on: their own, one that a class shares, or a tablet that stands somewhere."""

    OWN = "own"
    SHARED = "shared"
    KIOSK = "kiosk"


class ConsentRoute(StrEnum):
    """Who decides that a person may take part: at 16 and over they themselves; under 16 a setting allows it first."""

    OWN = "own"
    SETTING = "setting"


class Permission(StrEnum):
    """What a setting's permission for people under 16 rests on."""

    PARENTS_AGREED = "parents agreed"
    PARENTS_COULD_OBJECT = "parents could object"
    SETTING_DECIDED = "setting decided"


def by_value(names: type[StrEnum], length: int) -> Enum:
    """Names that a column holds as they are spelt."""
    return Enum(
        names, native_enum=False, length=length, values_callable=lambda every: [one.value for one in every]
    )


class Role(StrEnum):
    """What a member of staff may do."""

    DESIGNER = "designer"
    PUBLISHER = "publisher"
    FIELDWORKER = "fieldworker"
    READER = "reader"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    ANALYST = "analyst"
    PANEL_KEEPER = "panel_keeper"
    ADMIN = "admin"
