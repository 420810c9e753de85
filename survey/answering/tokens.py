"""Start tokens: a response begins only from a start page of ours, and one of the last day."""

import base64
import hmac
import secrets

from sqlalchemy import Engine
from sqlmodel import Session

from survey.db import insert_unless_there, reading, transaction
from survey.models import Secret

GOOD_FOR = 24 * 4  # quarters of an hour: as long as a phone keeps what waits for signal
AHEAD = 1  # and as many may another machine's clock be ahead of ours
PURPOSE = "start tokens"


class Tokens:
    """Signs what a start page carries, with a secret that all processes of an installation share."""

    def __init__(self, engine: Engine) -> None:
        self._secret = the_secret(engine)

    def sign(self, code: str, key: str, quarter: int) -> str:
        """A token for the start page of a code that carries a key, made in a quarter of an hour (as `quarter_of`)."""
        digest = hmac.digest(self._secret, f"{code}\n{key}\n{quarter}".encode(), "sha256")
        return f"{quarter}.{base64.urlsafe_b64encode(digest[:18]).decode()}"

    def good(self, token: str, code: str, key: str, now: int) -> bool:
        """Whether a token was signed here for this code and key, at most a day before this quarter of an hour."""
        made = token.partition(".")[0]
        if not (made.isascii() and made.isdecimal() and len(made) < 10):
            return False
        recent = -AHEAD <= now - int(made) <= GOOD_FOR
        return recent and hmac.compare_digest(token.encode(), self.sign(code, key, int(made)).encode())


def the_secret(engine: Engine) -> bytes:
    """The secret of an installation; whichever process comes first makes it."""
    found = _stored(engine)
    if found is None:
        with transaction(engine) as session:
            row: dict[str, object] = {"purpose": PURPOSE, "value": secrets.token_bytes(32)}
            insert_unless_there(session.connection(), Secret.__table__, [row])  # type: ignore[attr-defined]
        found = _stored(engine)
    assert found is not None
    return found


def _stored(engine: Engine) -> bytes | None:
    with Session(reading(engine)) as session:
        found = session.get(Secret, PURPOSE)
        return found.value if found else None
