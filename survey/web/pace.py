"""How often one address may write: enough for a school; known by a hash whose key lives for a day, in memory only."""

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address, ip_network


@dataclass(frozen=True, slots=True)
class Rate:
    """How many writes an address has at once, and the seconds in which all of them come back."""

    holds: int
    seconds: int


# The numbers, and why. A school year may sit behind one address, all of it may press Start in the same minute on a bad
# signal, and every phone tries again what was not acknowledged. In the next lesson comes the next year.
PUPILS = 240
LESSON = 60 * 60  # seconds
PRESSES = 10  # of Start, by one pupil
PAGES = 40  # of a long survey, with its check
TRIES = 4  # of each page
BEGINNING = Rate(PUPILS * PRESSES, LESSON)
ANSWERING = Rate(PUPILS * PAGES * TRIES, LESSON)
SUBSCRIBING = Rate(PUPILS, LESSON)  # each once: every one of them has us write a mail
SIGNING_IN = Rate(PUPILS, LESSON)  # a whole office, some of whom mistype

# Of so many addresses is known how fast they write: at most some 5 MB. A newer one takes the place of the one that has
# written nothing for longest, which then counts as new. Whoever has that many has as many fresh buckets anyway.
MOST = 20_000

# An address from these says which network somebody is in, or that a proxy does not tell: not who they are.
NOBODY = tuple(
    ip_network(inside)
    for inside in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"),
        *("::/127", "fc00::/7", "fe80::/10"),
    )
)


class Pace:
    """How fast each address writes today. What it keeps does not tell which addresses those are.

    Each has a bucket that holds so many writes and fills again evenly. It stands under a hash of the address with a
    key that is made here, on each day anew: what belonged to the old one goes with it, and nobody can go back.

    clock: the time of this place, so that the day ends at its midnight.
    """

    def __init__(self, rate: Rate, clock: Callable[[], dt.datetime], most: int = MOST) -> None:
        self._rate, self._clock, self._most = rate, clock, most
        self._day: dt.date | None = None
        self._key = b""
        self._buckets: dict[bytes, tuple[float, float]] = {}  # what is left in each, and when that was so

    def wait(self, address: str) -> float:
        """Take a write from the bucket of an address; the seconds to wait where it is empty, 0 where it may go on."""
        counted = part_that_counts(address)
        if counted is None:
            return 0
        self.forget_yesterday()
        name = blake2b(counted, key=self._key, digest_size=16).digest()
        return self._take(name, self._clock().timestamp())

    def forget_yesterday(self) -> None:
        """Make a new key and drop everything under the old one, if that was another day's."""
        today = self._clock().date()
        if today != self._day:
            self._day, self._key = today, secrets.token_bytes(32)
            self._buckets.clear()

    def _take(self, name: bytes, now: float) -> float:
        fill = self._rate.holds / self._rate.seconds
        left, then = self._buckets.pop(name, (self._rate.holds, now))
        left = min(self._rate.holds, left + max(0, now - then) * fill)
        self._buckets[name] = (left - 1 if left >= 1 else left, now)  # at the end: it is the latest
        if len(self._buckets) > self._most:
            del self._buckets[next(iter(self._buckets))]
        return 0 if left >= 1 else (1 - left) / fill


def part_that_counts(address: str) -> bytes | None:
    """All of an IPv4 address, and of an IPv6 one the network that a household or a school has (/64).

    None where it tells of nobody: it is no address, or one from within.

    >>> part_that_counts("198.51.100.7") == part_that_counts("::ffff:198.51.100.7")
    True
    >>> part_that_counts("2001:db8::1") == part_that_counts("2001:db8::2")
    True
    >>> part_that_counts("192.168.1.9"), part_that_counts("a phone")
    (None, None)
    """
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    if any(found in inside for inside in NOBODY):
        return None
    return found.packed[:8] if isinstance(found, IPv6Address) else found.packed
