"""How long a response took: known in memory for a day at most, so that only whether it came very fast is stored."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

MOST = 100_000
DAY = 24 * 60 * 60
SECONDS_A_QUESTION = 2.0


class Stopwatch:
    """When the responses of this process began; never written anywhere, and gone with the process.

    It holds the newest `most` of them, each for a day. `clock` says what time it is.
    """

    def __init__(self, clock: Callable[[], dt.datetime], most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._began: dict[str, float] = {}

    def begins(self, key: str) -> None:
        """A response begins now; saying so again changes nothing."""
        self._began.setdefault(key, self._now())
        while len(self._began) > self._most or self._oldest_is_past():
            del self._began[next(iter(self._began))]

    def seconds(self, key: str) -> float | None:
        """How long ago a response began; None where this process does not know."""
        began = self._began.get(key)
        ago = None if began is None else self._now() - began
        return ago if ago is not None and 0 <= ago <= DAY else None

    def forget(self, key: str) -> None:
        """It is sent in, or gone."""
        self._began.pop(key, None)

    def __len__(self) -> int:
        return len(self._began)

    def _oldest_is_past(self) -> bool:
        return self._now() - next(iter(self._began.values())) > DAY

    def _now(self) -> float:
        return self._clock().timestamp()


def taken(form: Mapping[str, Sequence[str]], remembered: float | None) -> float | None:
    """How many seconds a person took: as their phone says, or else as this process remembers; None: nobody knows.

    A phone that answers without the network sends everything at once, so what it says goes first. It says "" where
    it does not know, as after its page was loaded again. What cannot be read counts as not said.
    """
    said = next(iter(form.get("took", ())), None)
    if said == "":
        return None
    if said is None or not (said.isascii() and said.isdecimal() and len(said) < 10):
        return remembered
    return min(int(said), DAY)


def very_fast(seconds: float | None, questions: int) -> bool | None:
    """Whether nobody could have read so many questions in that time; None where the time is not known.

    Half of our questions have 18 words or more before their choices. A fast reader takes 0.3 seconds a word (Zhang and
    Conrad 2014), so 5.4 seconds, and a tick on a phone takes about one. A third of that is 2 seconds a question,
    under which Huang et al. (2012) too take answers for careless.
    """
    return None if seconds is None else seconds < SECONDS_A_QUESTION * questions
