"""What is done beside the app every few seconds: a thread that looks, does what there is to do, and can be stopped."""

import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Recurring(ABC):
    """A thread of its own that looks every few seconds, until it is stopped.

    every: seconds between two looks. stopping: is set when it is to stop; a long look asks it in between.
    """

    every: float
    stopping: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._run, name=type(self).__name__.lower(), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more; returns when what was being done has ended."""
        self.stopping.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self.stopping.wait(self.every):
            self.look()

    @abstractmethod
    def look(self) -> None:
        """See whether there is something to do, and do it."""
