"""A mail server for stories: it speaks as much SMTP as is needed, keeps what it takes, and can refuse or hang up."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class Taken:
    """What a mail server took, and how it behaves: `refuses` by recipient the answer, `hangs_up` after DATA's end."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to an address."""
        return [one for one in self.letters if one["To"] == address]


class Talk(socketserver.StreamRequestHandler):
    """One conversation, line by line."""

    taken: Taken

    def handle(self) -> None:
        """Speak with whoever connects until they say goodbye."""
        self._say("220 ready")
        while line := self.rfile.readline().decode().strip():
            word = line.upper().split(":")[0].split()[0]
            if word == "QUIT":
                self._say("221 goodbye")
                return
            if word == "DATA" and not self._hear():
                return
            if word == "RCPT":
                self._say(self.taken.refuses.get(line[9:-1], "250 fine"))
            elif word != "DATA":
                self._say("250 fine")

    def _hear(self) -> bool:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        self.taken.letters.append(message_from_bytes(b"".join(lines), policy=default))
        if self.taken.hangs_up:
            return False
        self._say("250 taken")
        return True

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[Taken]:
    """A mail server on a free port, until the story ends."""
    taken = Taken()
    talk = type("Talk", (Talk,), {"taken": taken})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), talk) as server:
        taken.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield taken
        server.shutdown()
        thread.join()
