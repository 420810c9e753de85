"""Passkeys (WebAuthn level 3): made by somebody who is signed in, and then the usual way in."""

from __future__ import annotations

import datetime as dt
import json
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session, col, select
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from survey import access
from survey.models import Ceremony, Passkey, Staff
from survey.settings import Settings

ASKED_FOR = dt.timedelta(minutes=5)
LONGEST_NAME = 60
MOST = 10  # of one person
VERIFIED = (
    UserVerificationRequirement.REQUIRED
)  # a finger, a face or a number: the device and its owner are two


class Refused(Exception):
    """A passkey that does not prove what it should."""


def possible(settings: Settings) -> bool:
    """Whether browsers allow passkeys here: only at a name, and over TLS or on this machine.

    >>> possible(Settings(public_url="https://survey.example.org")), possible(Settings(public_url="http://127.0.0.1:8000"))
    (True, False)
    """
    name = _name(settings)
    try:
        ip_address(name)
    except ValueError:
        return settings.secure or name == "localhost"
    return False


def of(session: Session, staff: Staff) -> list[Passkey]:
    """The passkeys of somebody, oldest first."""
    mine = select(Passkey).where(col(Passkey.staff_id) == staff.id).order_by(col(Passkey.made_at))
    return list(session.exec(mine))


def ask(session: Session, settings: Settings, now: dt.datetime) -> dict[str, Any]:
    """What a browser is asked to sign at sign-in, by any passkey that it has for this place."""
    options = generate_authentication_options(rp_id=_name(settings), user_verification=VERIFIED)
    return _asked(session, options.challenge, None, now) | {"options": json.loads(options_to_json(options))}


def ask_new(session: Session, settings: Settings, staff: Staff, now: dt.datetime) -> dict[str, Any]:
    """What a browser is asked in order to make a new passkey for somebody, on a device that holds none of theirs."""
    options = generate_registration_options(
        rp_id=_name(settings),
        rp_name="Soundings",
        user_name=staff.name,
        user_id=f"staff {staff.id}".encode(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in of(session, staff)
        ],
    )
    return _asked(session, options.challenge, staff, now) | {"options": json.loads(options_to_json(options))}


def keep(
    session: Session, settings: Settings, staff: Staff, told: str, ceremony: str, name: str, now: dt.datetime
) -> Passkey:
    """Keep the passkey that a browser has made. told: its answer as JSON. Raises Refused."""
    challenge = _challenge(session, ceremony, staff, now)
    try:
        made = verify_registration_response(
            credential=told,
            expected_challenge=challenge,
            expected_rp_id=_name(settings),
            expected_origin=settings.public_url,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as wrong:
        raise Refused(str(wrong)) from None
    identity = bytes_to_base64url(made.credential_id)
    assert staff.id is not None
    if session.get(Passkey, identity) is not None or len(of(session, staff)) >= MOST:
        raise Refused("it is known already, or there are too many")
    passkey = Passkey(
        id=identity,
        staff_id=staff.id,
        public_key=made.credential_public_key,
        uses=made.sign_count,
        name=name[:LONGEST_NAME] or "Passkey",
        made_at=now,
    )
    session.add(passkey)
    return passkey


def proved(session: Session, settings: Settings, told: str, ceremony: str, now: dt.datetime) -> Passkey:
    """The passkey with which a browser signed what it was asked to. told: its answer as JSON. Raises Refused."""
    challenge = _challenge(session, ceremony, None, now)
    try:
        identity = json.loads(told)["id"]
        found = session.get(Passkey, identity, with_for_update=True) if isinstance(identity, str) else None
        if found is None or found.staff.left_on is not None:
            raise Refused("nobody here has that passkey")
        signed = verify_authentication_response(
            credential=told,
            expected_challenge=challenge,
            expected_rp_id=_name(settings),
            expected_origin=settings.public_url,
            credential_public_key=found.public_key,
            credential_current_sign_count=found.uses,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as wrong:
        raise Refused(str(wrong)) from None
    found.uses, found.used_at = signed.new_sign_count, now
    return found


def _name(settings: Settings) -> str:
    """The name that passkeys are bound to: the host that people reach this installation by."""
    return urlsplit(settings.public_url).hostname or ""


def _asked(session: Session, challenge: bytes, staff: Staff | None, now: dt.datetime) -> dict[str, Any]:
    for old in session.exec(select(Ceremony).where(col(Ceremony.expires_at) < now)):
        session.delete(old)
    token, token_hash = access.new_token()
    session.add(
        Ceremony(
            token_hash=token_hash,
            challenge=challenge,
            staff_id=staff.id if staff else None,
            expires_at=now + ASKED_FOR,
        )
    )
    return {"ceremony": token}


def _challenge(session: Session, ceremony: str, staff: Staff | None, now: dt.datetime) -> bytes:
    """What was to be signed, used up with this; raises Refused where nothing was, or for somebody else, or long ago."""
    found = session.get(Ceremony, access.hashed(ceremony), with_for_update=True)
    if found is None or found.expires_at < now or found.staff_id != (staff.id if staff else None):
        raise Refused("nobody was asked for this, or too long ago")
    session.delete(found)
    return found.challenge
