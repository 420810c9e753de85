"""Who of the staff is asking, and what they may open: loading is authorising."""

import datetime as dt
import hashlib
import secrets

from sqlmodel import Session, col, select
from starlette.requests import Request

from questions.messages import _
from survey import waiting
from survey.db import transaction, writes
from survey.models import AuditEntry, Consultation, Role, Staff, StaffSession
from survey.web import Problem, installation

IDLE = dt.timedelta(hours=12)
LONGEST = dt.timedelta(days=7)
NOTED_EVERY = dt.timedelta(minutes=5)
CONFIRMED_FOR = dt.timedelta(
    minutes=15
)  # until somebody shows again who they are, before what cannot be undone
TO_FINISH = dt.timedelta(minutes=30)  # and so much longer to send what they began in that time

ANYONE_SIGNED_IN = tuple(Role)
READS_RESULTS = (Role.ANALYST, Role.PUBLISHER, Role.ADMIN)
READS_AUDIT = (Role.ADMIN,)
WATCHES = (Role.READER, Role.SAFEGUARDING_LEAD, Role.ADMIN)  # are told where nobody reads what waits
CHOOSES_WORDS = (Role.DESIGNER, Role.PUBLISHER, Role.ADMIN)


def new_token() -> tuple[str, str]:
    """A secret for a link or a cookie, and the hash that is stored of it."""
    token = secrets.token_urlsafe(32)
    return token, hashed(token)


def hashed(token: str) -> str:
    """What is stored of a secret (it has 256 random bits, so it needs no salt)."""
    return hashlib.sha256(token.encode()).hexdigest()


def cookie_name(request: Request) -> str:
    """The session cookie's name; `__Host-` binds it to this host wherever there is TLS."""
    return "__Host-soundings" if installation(request).settings.secure else "soundings"


def signed_in(request: Request, session: Session) -> Staff | None:
    """The member of staff whose browser this is, if any; notes when it was last used."""
    found = session.get(StaffSession, hashed(request.cookies.get(cookie_name(request), "")))
    now = installation(request).now()
    if found is None or not is_open(found, now):
        return None
    if now - found.seen_at > NOTED_EVERY:
        if writes(session):
            found.seen_at = now
        else:
            _note_seen(request, found.token_hash, now)
    return found.staff


def is_open(found: StaffSession, now: dt.datetime) -> bool:
    """Whether a session may still be used: not idle for long, nor old, nor of somebody who has left."""
    old = now - found.seen_at > IDLE or now - found.started_at > LONGEST
    return not old and found.staff.left_on is None


def must_be_confirmed(request: Request, session: Session) -> None:
    """Before what cannot be undone: raises Problem for somebody who has not shown for a while who they are.

    A form that was open may be sent a little later than its page may be opened; a file that broke off goes on as long.
    """
    found = session.get_one(StaffSession, hashed(request.cookies[cookie_name(request)]))
    finishes = request.method != "GET" or "range" in request.headers
    allowed = CONFIRMED_FOR + TO_FINISH if finishes else CONFIRMED_FOR
    if installation(request).now() - found.confirmed_at > allowed:
        raise Problem(
            403,
            _("Please show that it is you"),
            _("This cannot be undone, so we ask again now and then. Then you come back here."),
            "accounts/confirm_first.html",
        )


def _note_seen(request: Request, token_hash: str, now: dt.datetime) -> None:
    """Note that a session is in use, for a page that only reads: in a transaction of its own."""
    with transaction(installation(request).engine) as session:
        session.get_one(StaffSession, token_hash).seen_at = now


def open_staff_page(request: Request, session: Session, roles: tuple[Role, ...] = ANYONE_SIGNED_IN) -> Staff:
    """The member of staff who may open this page.

    Raises Problem: 401 for somebody who is not signed in, 403 for one without any of the roles.
    """
    staff = signed_in(request, session)
    if staff is None:
        raise Problem(
            401,
            _("Please sign in"),
            _("This page is for staff."),
            "accounts/sign_in_first.html",
        )
    if set(WATCHES) & set(staff.roles):
        here = installation(request)
        request.state.notices = waiting.notices(session, here.settings.limits, here.zone, here.now())
    if not set(roles) & set(staff.roles):
        needed = " or ".join(role.replace("_", " ") for role in roles)
        sentence = _("It needs the role %(needed)s. An administrator can give it.", needed=needed)
        raise Problem(403, _("This page is not open to you"), sentence)
    return staff


def open_consultation(
    request: Request, session: Session, roles: tuple[Role, ...] = ANYONE_SIGNED_IN
) -> tuple[Staff, Consultation]:
    """The member of staff, and the consultation in the address; raises Problem where there is no such."""
    staff = open_staff_page(request, session, roles)
    slug = request.path_params["slug"]
    consultation = session.exec(select(Consultation).where(col(Consultation.slug) == slug)).first()
    if consultation is None:
        raise Problem(
            404, _("We cannot find that consultation"), _("It may have another name now. Look in the list.")
        )
    return staff, consultation


def note(
    session: Session, at: dt.datetime, who: str, did: str, object_: str, why: str | None = None
) -> AuditEntry:
    """Write one line of the audit: who did what to which object."""
    entry = AuditEntry(at=at, who=who, did=did, object=object_, why=why)
    session.add(entry)
    return entry
