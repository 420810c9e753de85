"""Staff sign in with an account of a city: a real provider, and all that may not be believed."""

from __future__ import annotations

import base64
import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from sqlalchemy import Engine
from sqlmodel import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from survey.app import make_app
from survey.db import transaction
from survey.models import AuditEntry, Ceremony, Identity, StaffSession
from survey.settings import Provider, Settings, WrongSetting, from_environment
from tests.survey.conftest import Clock, House, furnish

ADA, AMARA = "Ada, analyst", "Amara, administrator"
CLIENT, SECRET = "soundings", "a secret between two servers"


@dataclass
class City:
    """An identity provider. claims: what its next tokens say otherwise; signs: with which key; asked: what we asked."""

    clock: Clock
    address: str = ""
    subject: str = "4711"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs: Any = None
    algorithm: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict)
    issuer: str = ""
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.about),
                Route("/keys", self.keys),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    async def about(self, _request: Request) -> Response:
        ends = {
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
        }
        return JSONResponse({"issuer": self.issuer or self.address, **ends})

    async def keys(self, _request: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert (asked["client_id"], asked["scope"], asked["response_type"]) == (CLIENT, "openid", "code")
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.asked[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?code={code}&state={asked['state']}", 303)

    async def token(self, request: Request) -> Response:
        told = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.asked.pop(told["code"], None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".replace(" ", "+").encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        known = request.headers.get("authorization") in (f"Basic {basic}", f"Basic {plain}")
        if asked is None or not known or challenge != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(self.clock().timestamp())
        claims = {"iss": self.address, "aud": CLIENT, "sub": self.subject, "nonce": asked["nonce"]}
        claims |= {"iat": now, "exp": now + 300, "auth_time": now} | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode(
            {"alg": self.algorithm, "kid": "one"}, claims, self.signs or self.key, [self.algorithm]
        )
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": signed})


@pytest.fixture
def city(clock: Clock) -> Iterator[City]:
    made = City(clock)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made.address = f"http://127.0.0.1:{port}"
    server = uvicorn.Server(uvicorn.Config(made.app(), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield made
    server.should_exit = True
    thread.join()


@pytest.fixture
def house(engine: Engine, database_url: str, clock: Clock, city: City) -> Iterator[House]:
    furnish(engine)
    provider = Provider(city.address, CLIENT, SECRET, "City Hall")
    app = make_app(Settings(database_url=database_url, provider=provider), engine, clock)
    with TestClient(app, follow_redirects=False) as client:
        yield House(app, client, engine, clock)


def there_and_back(browser: TestClient, way: str, asks: dict[str, str] | None = None) -> Any:
    """What somebody sees who goes to the city and comes back; asks: what the city was asked for, to be filled in."""
    gone = browser.get(way)
    assert gone.status_code == 303, gone.text
    address = gone.headers["location"]
    if asks is not None:
        asks.update({name: values[0] for name, values in parse_qs(urlsplit(address).query).items()})
    home = httpx2.get(address).headers["location"]
    return browser.get(home.partition("8000")[2] or home)


def joined(house: House) -> TestClient:
    ada = house.as_(ADA)
    assert there_and_back(ada, "/staff/you/account").headers["location"] == "/staff/you?done=account"
    return ada


def test_an_account_is_joined_once_and_then_signs_in(house: House) -> None:
    assert "Join it" in house.as_(ADA).get("/staff/you").text
    joined(house)
    assert "Joined on" in house.as_(ADA).get("/staff/you").text
    stranger = TestClient(house.app, follow_redirects=False)
    assert "Sign in with City Hall" in stranger.get("/staff/sign-in").text
    came = there_and_back(stranger, "/staff/sign-in/account?then=/staff/sets")
    assert came.headers["location"] == "/staff/sets"
    assert "With an account elsewhere," in stranger.get("/staff/you").text
    with transaction(house.engine) as session:
        kept = session.exec(select(Identity)).one()
        assert (kept.subject, session.exec(select(Ceremony)).all()) == ("4711", [])
        did = {one.did for one in session.exec(select(AuditEntry))}
    assert {"joined their account elsewhere to", "signed in with an account"} <= did


def test_an_account_that_nobody_joined_opens_nothing(house: House, city: City) -> None:
    joined(house)
    city.subject = "4712"
    stranger = TestClient(house.app, follow_redirects=False)
    came = there_and_back(stranger, "/staff/sign-in/account")
    assert (came.status_code, "Nobody here has joined that account" in came.text) == (403, True)
    city.subject = "4711"
    assert there_and_back(house.as_(AMARA), "/staff/you/account").status_code == 409
    assert stranger.get("/staff").status_code == 401


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://another.example"},
    "for somebody else": {"aud": "another"},
    "for several, and not for us": {"aud": [CLIENT, "another"], "azp": "another"},
    "for several, and nobody says whom": {"aud": [CLIENT, "another"]},
    "of another errand": {"nonce": "another"},
    "of none": {"nonce": None},
    "over": {"exp": 1},
    "without an end": {"exp": None},
    "of nobody": {"sub": None},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=[*WRONG])
def test_a_token_that_is_not_of_this_errand_signs_nobody_in(
    house: House, city: City, claims: dict[str, Any]
) -> None:
    joined(house)
    city.claims = claims
    refused(house)


@pytest.mark.parametrize("how", ["another key", "a shared secret"])
def test_nor_does_one_that_the_provider_did_not_sign(house: House, city: City, how: str) -> None:
    joined(house)
    if how == "another key":
        city.signs = RSAKey.generate_key(2048, {"kid": "one"})
    else:
        city.signs, city.algorithm = OctKey.generate_key(256, {"kid": "one"}), "HS256"
    refused(house)


def refused(house: House) -> None:
    stranger = TestClient(house.app, follow_redirects=False)
    came = there_and_back(stranger, "/staff/sign-in/account")
    assert (came.status_code, "That did not prove who you are" in came.text) == (400, True)
    assert stranger.get("/staff").status_code == 401
    with transaction(house.engine) as session:
        assert len(session.exec(select(StaffSession)).all()) == 1


def test_nobody_is_lured_into_anothers_errand(house: House) -> None:
    joined(house)
    lured, began = (TestClient(house.app, follow_redirects=False) for _ in range(2))
    began.get("/staff/sign-in/account")
    state = began.cookies["soundings-errand"]
    for browser, back in (
        (lured, f"/staff/sign-in/back?code=x&state={state}"),
        (lured, "/staff/sign-in/back"),
        (began, "/staff/sign-in/back?code=x&state=another"),
        (began, f"/staff/sign-in/back?error=access_denied&state={state}"),
        (began, f"/staff/sign-in/back?code=x&state={state}"),  # it was used up
    ):
        assert browser.get(back).status_code == 400


def test_an_errand_is_over_after_ten_minutes(house: House) -> None:
    joined(house)
    slow = TestClient(house.app, follow_redirects=False)
    address = slow.get("/staff/sign-in/account").headers["location"]
    house.clock.forward(minutes=11)
    home = httpx2.get(address).headers["location"]
    assert slow.get(home.partition("8000")[2]).status_code == 400


def test_who_confirms_shows_it_there_again(house: House, city: City) -> None:
    ada, asks = joined(house), dict[str, str]()
    house.clock.forward(minutes=46)
    assert "Show it at City Hall" in ada.get("/staff/confirm").text
    city.claims = {"auth_time": int(house.clock().timestamp()) - 600}  # it let them through as they were
    assert there_and_back(ada, "/staff/confirm/account?then=/staff/you", asks).status_code == 400
    assert (asks["prompt"], asks["max_age"]) == ("login", "0")
    city.claims = {}
    assert ada.post("/staff/you", data={"do": "account-gone"}).status_code == 403
    came = there_and_back(ada, "/staff/confirm/account?then=/staff/you")
    assert came.headers["location"] == "/staff/you"
    assert ada.post("/staff/you", data={"do": "account-gone"}).headers["location"].endswith("account-gone")
    assert "Join it" in ada.get("/staff/you").text


def test_a_provider_that_is_away_or_another_is_told_plainly(house: House, city: City) -> None:
    city.issuer = "https://another.example"
    away = house.client.get("/staff/sign-in/account")
    assert (away.status_code, "We cannot reach City Hall just now" in away.text) == (503, True)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"SOUNDINGS_OIDC_ISSUER": "http://id.example"}, "begins with https://"),
        ({"SOUNDINGS_OIDC_ISSUER": "https://id.example"}, "SOUNDINGS_OIDC_CLIENT_ID is not"),
    ],
)
def test_a_provider_that_cannot_be_meant_is_refused_at_the_start(told: dict[str, str], why: str) -> None:
    with pytest.raises(WrongSetting, match=why):
        from_environment(told)
    whole = from_environment(
        {"SOUNDINGS_OIDC_ISSUER": "https://id.example/", "SOUNDINGS_OIDC_CLIENT_ID": "x"}
    )
    assert whole.provider == Provider("https://id.example", "x")
