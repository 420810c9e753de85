"""The panel's key: it seals addresses, tells whether one is known, and makes the links that stand in mails."""

import base64
import hmac

from cryptography.fernet import Fernet

from survey.settings import WrongSetting

ROOM = 320  # bytes: every address is sealed at the same length
LONGEST = 254  # characters of an address
_KEY, _MAC = 22, 22  # characters of a member's key, and of what is put after it in a link


def new_key() -> str:
    """A key for a new panel."""
    return Fernet.generate_key().decode()


class Seals:
    """What the panel's key can do. Raises WrongSetting for what is no key.

    Fernet writes the second of sealing into what it seals; ours is always the first of 1970.
    """

    def __init__(self, key: str) -> None:
        try:
            self._fernet = Fernet(key)
        except ValueError:
            raise WrongSetting(
                "SOUNDINGS_PANEL_KEY is no key. Make one with `soundings panel-key`, once."
            ) from None
        secret = base64.urlsafe_b64decode(key)
        self._marks, self._links = (hmac.digest(secret, what, "sha256") for what in (b"marks", b"links"))

    def sealed(self, address: str) -> bytes:
        """An address as it is stored: always as long, and different each time."""
        return self._fernet.encrypt_at_time(address.encode().ljust(ROOM, b"\0"), 0)

    def opened(self, contact: bytes) -> str:
        """The address in a seal."""
        return self._fernet.decrypt(contact).rstrip(b"\0").decode()

    def mark(self, address: str) -> str:
        """By what an address is found again; nobody without the key can tell whose it is."""
        return hmac.digest(self._marks, address.casefold().encode(), "sha256").hex()

    def link(self, member: str) -> str:
        """What stands in a member's links. It is stored nowhere."""
        signed = hmac.digest(self._links, member.encode(), "sha256")[:16]
        return member + base64.urlsafe_b64encode(signed).decode().rstrip("=")

    def member_of(self, link: str) -> str | None:
        """The member whose link this is; None where we did not make it."""
        member = link[:_KEY]
        ours = len(link) == _KEY + _MAC and hmac.compare_digest(link.encode(), self.link(member).encode())
        return member if ours else None
