"""Mail leaves by SMTP, into a folder or onto the console, as an operator says."""

import email
import socketserver
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from survey.mail import Mailer, NotSent
from survey.settings import Mailing, MailWay, WrongSetting, from_environment


def letter() -> EmailMessage:
    message = EmailMessage()
    message["To"] = "ada@example.org"
    message["Subject"] = "ما الذي تغيّر"
    message.set_content("একটি কথা।\n")
    return message


def test_a_message_becomes_a_file_that_any_mail_program_opens(tmp_path: Path) -> None:
    Mailer(Mailing(folder=str(tmp_path / "mail"), sender="Us <us@example.org>")).send(letter())

    (file,) = (tmp_path / "mail").iterdir()
    read = email.message_from_bytes(file.read_bytes(), policy=default)
    assert (read["To"], read["From"], read["Subject"]) == (
        "ada@example.org",
        "Us <us@example.org>",
        "ما الذي تغيّر",
    )
    assert read.get_content().strip() == "একটি কথা।"
    assert read["Message-ID"].endswith("@example.org>")
    assert (tmp_path / "mail").stat().st_mode & 0o077 == 0


def test_a_message_is_shown_on_the_console(capsys: pytest.CaptureFixture[str]) -> None:
    Mailer(Mailing(way=MailWay.CONSOLE)).send(letter())

    assert "To: ada@example.org" in capsys.readouterr().err


class Server(socketserver.ThreadingTCPServer):
    """A mail server of one conversation at a time, which keeps what it hears."""

    allow_reuse_address = True

    def __init__(self, refuses: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.refuses = refuses
        self.heard: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Server)
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            self.server.heard.append(line)
            if self.server.refuses and line.upper().startswith(self.server.refuses):
                self.say("550 no such person as ada@example.org")
            elif line.upper() == "QUIT":
                self.say("221 goodbye")
            elif line.upper() == "DATA":
                self.say("354 go on")
                self.listen()
            else:
                self.say("250 ok")

    def listen(self) -> None:
        assert isinstance(self.server, Server)
        while (line := self.rfile.readline().decode().strip("\r\n")) != ".":
            self.server.heard.append(line)
        self.say("250 taken")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture(params=["", "RCPT"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with Server(request.param) as made:
        threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True).start()
        yield made
        made.shutdown()


def by_smtp(port: int, tls: str = "none") -> Mailing:
    return Mailing(way=MailWay.SMTP, host="127.0.0.1", port=port, tls=tls)


@pytest.mark.parametrize("server", [""], indirect=True)
def test_a_message_is_handed_to_the_mail_server(server: Server) -> None:
    Mailer(by_smtp(server.port)).send(letter())

    assert any(line.lower() == "rcpt to:<ada@example.org>" for line in server.heard)
    assert "To: ada@example.org" in server.heard


@pytest.mark.parametrize("server", ["RCPT"], indirect=True)
def test_a_refusal_is_a_sentence_that_names_nobody(server: Server) -> None:
    with pytest.raises(NotSent, match=r"does not take mail for this address\.$"):
        Mailer(by_smtp(server.port)).send(letter())


@pytest.mark.parametrize("server", [""], indirect=True)
def test_without_tls_nothing_is_said_to_a_server_that_should_have_it(server: Server) -> None:
    with pytest.raises(NotSent, match="did not take the message"):
        Mailer(by_smtp(server.port, tls="starttls")).send(letter())
    assert not any("rcpt" in line.lower() for line in server.heard)


def test_a_server_that_is_not_there_is_a_sentence() -> None:
    with Server() as gone:
        port = gone.port
    with pytest.raises(NotSent, match="cannot be reached"):
        Mailer(by_smtp(port)).send(letter())


def test_settings_say_how_mail_leaves(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret\n")
    told = {"SOUNDINGS_MAIL": "smtp", "SMTP_HOST": "mail.example.org", "SMTP_PORT": "465", "SMTP_TLS": "tls"}
    settings = from_environment(told | {"SMTP_PASSWORD_FILE": str(tmp_path / "password")})

    assert settings.mailing == Mailing(
        way=MailWay.SMTP, host="mail.example.org", port=465, tls="tls", password="s3cret"
    )
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"SOUNDINGS_MAIL": "pigeon"}, "SOUNDINGS_MAIL is “pigeon”. It may be file, console or smtp."),
        ({"SMTP_PORT": "smtp"}, "SMTP_PORT is “smtp”. A port is a number from 1 to 65535."),
        ({"SMTP_TLS": "yes"}, "SMTP_TLS is “yes”. It may be starttls, tls or none."),
        ({"SMTP_PASSWORD_FILE": "/nowhere/at/all"}, "SMTP_PASSWORD_FILE names a file that cannot be read"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_said(told: dict[str, str], sentence: str) -> None:
    with pytest.raises(WrongSetting) as wrong:
        from_environment(told)
    assert sentence in str(wrong.value)
