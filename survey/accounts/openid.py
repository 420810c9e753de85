"""Accounts that staff have elsewhere: OpenID Connect 1.0, code flow with PKCE; nothing of a person but a number.

An account is joined to a member of staff by themselves, on the page of their own account, before it opens anything: an
address or a name that a provider tells is never taken for somebody.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlmodel import Session, col, select

from survey import access
from survey.models import Ceremony, Identity, Staff
from survey.settings import Provider, Settings

GOOD_FOR = dt.timedelta(minutes=10)
PATIENCE = 10.0  # seconds that we wait for a provider
SIGNED_BY = ("RS256", "PS256", "ES256", "EdDSA")
LEEWAY = 60  # seconds that its clock may be off
FRESH = 60  # seconds since somebody showed there who they are, where they were asked to
BACK = "/staff/sign-in/back"


class NotProved(Exception):
    """What came back from a provider does not prove who somebody is, or the provider did not answer."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Why somebody was sent to the provider: to `sign in`, `join` an account or `confirm`; and what goes with it."""

    what: str
    nonce: str
    verifier: str
    then: str
    began: int


@dataclass(frozen=True, slots=True)
class Came:
    """Who came back: on which errand, begun by whom (None: nobody), and as whom the provider knows them."""

    errand: Errand
    staff_id: int | None
    subject: str


def of(session: Session, staff: Staff, provider: Provider) -> Identity | None:
    """The account that somebody has joined."""
    mine = select(Identity).where(col(Identity.staff_id) == staff.id, col(Identity.issuer) == provider.issuer)
    return session.exec(mine).first()


def whose(session: Session, provider: Provider, subject: str) -> Staff | None:
    """Who has joined an account, if they still work here."""
    found = session.get(Identity, (provider.issuer, subject))
    return found.staff if found is not None and found.staff.left_on is None else None


def told(provider: Provider) -> Mapping[str, Any]:
    """What a provider says of itself (OpenID Connect Discovery). Raises NotProved where it does not."""
    try:
        answer = httpx2.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=PATIENCE)
        found = answer.raise_for_status().json()
    except (httpx2.HTTPError, ValueError) as wrong:
        raise NotProved(f"it did not say what it is: {wrong}") from None
    if not isinstance(found, dict) or found.get("issuer", "").rstrip("/") != provider.issuer:
        raise NotProved("it says that it is another")
    return found


def send(
    session: Session,
    settings: Settings,
    about: Mapping[str, Any],
    what: str,
    then: str,
    staff: Staff | None,
    now: dt.datetime,
) -> tuple[str, str]:
    """Where somebody is sent, and the state that their browser keeps meanwhile."""
    errand = Errand(what, secrets.token_urlsafe(32), secrets.token_urlsafe(48), then, int(now.timestamp()))
    state, state_hash = access.new_token()
    session.add(
        Ceremony(
            token_hash=state_hash,
            challenge=json.dumps(asdict(errand)).encode(),
            staff_id=staff.id if staff else None,
            expires_at=now + GOOD_FOR,
        )
    )
    again = {"prompt": "login", "max_age": "0"} if what == "confirm" else {}
    with _client(settings) as client:
        address, _ = client.create_authorization_url(
            about["authorization_endpoint"],
            state=state,
            nonce=errand.nonce,
            code_verifier=errand.verifier,
            **again,
        )
    return address, state


def errand_of(session: Session, state: str, now: dt.datetime) -> tuple[Errand, int | None]:
    """The errand of a state, used up with this, and whose. Raises NotProved where there is none, or it is long ago."""
    found = session.get(Ceremony, access.hashed(state), with_for_update=True)
    if found is None or found.expires_at < now:
        raise NotProved("nobody was sent there from here, or too long ago")
    session.delete(found)
    try:
        return Errand(**json.loads(found.challenge)), found.staff_id
    except (ValueError, TypeError):
        raise NotProved("that was something else") from None


def came(settings: Settings, about: Mapping[str, Any], errand: Errand, code: str, now: dt.datetime) -> str:
    """As whom the provider knows somebody who came back with a code: its subject. Raises NotProved."""
    try:
        with _client(settings) as client:
            token = client.fetch_token(
                about["token_endpoint"],
                code=code,
                code_verifier=errand.verifier,
                grant_type="authorization_code",
            )
        keys = KeySet.import_key_set(
            httpx2.get(about["jwks_uri"], timeout=PATIENCE).raise_for_status().json()
        )
        claims = jwt.decode(token["id_token"], keys, algorithms=SIGNED_BY).claims
        _check(claims, settings.provider, errand, now)
    except (AuthlibBaseError, JoseError, httpx2.HTTPError, KeyError, ValueError, TypeError) as wrong:
        raise NotProved(str(wrong)) from None
    return str(claims["sub"])


def _check(claims: dict[str, Any], provider: Provider, errand: Errand, now: dt.datetime) -> None:
    """Whether an ID token is for us, of this errand and not old (OpenID Connect Core 3.1.3.7)."""
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        nonce={"essential": True, "value": errand.nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    registry.validate(claims | {"iss": str(claims.get("iss", "")).rstrip("/")})
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != provider.client_id:
        raise ValueError("it is for somebody else")
    if errand.what == "confirm" and claims.get("auth_time", 0) < errand.began - FRESH:
        raise ValueError("they did not show there who they are")


def _client(settings: Settings) -> OAuth2Client:
    provider = settings.provider
    return OAuth2Client(
        client_id=provider.client_id,
        client_secret=provider.client_secret or None,
        token_endpoint_auth_method="client_secret_basic" if provider.client_secret else "none",
        scope="openid",
        redirect_uri=f"{settings.public_url}{BACK}",
        code_challenge_method="S256",
        timeout=PATIENCE,
    )
