"""Makes the project's environment in .venv: `python3 tools/environment.py run|dev [browser]`.

Does nothing where everything is already as the lock says. Written so that an old Python can say so.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
BUILT_FROM = ("pyproject.toml", "hatch_build.py")


def main(kind: str, *extra: str) -> int:
    """Make the environment; 2 with a sentence when something is missing."""
    if sys.version_info < (3, 11):
        return wrong(
            f"Soundings needs Python 3.11 or newer; this is {platform.python_version()}. "
            "Name a newer one, for example: make PYTHON=python3.12 demo"
        )
    stamp, now = VENV / f".{kind}-is-from", _fingerprint(kind)
    if not (stamp.exists() and stamp.read_text() == now):
        problem = _make(kind)
        if problem:
            return wrong(problem)
        stamp.write_text(now)
    return _browser() if "browser" in extra else 0


def wrong(sentence: str) -> int:
    """Say what is missing."""
    print(f"\n{sentence}", file=sys.stderr)
    return 2


def _fingerprint(kind: str) -> str:
    parts = [(ROOT / name).read_bytes() for name in (LOCKS[kind], *BUILT_FROM)]
    return hashlib.sha256(b"\0".join([*parts, sys.version.encode()])).hexdigest()


def _make(kind: str) -> str:
    """Create, install, install ourselves; the sentence to say when a step fails, or nothing."""
    print("1/3 Creating the environment in .venv", flush=True)
    if not PYTHON.exists() and _run(sys.executable, "-m", "venv", "--clear", str(VENV)):
        return (
            "Python could not create an environment: its venv module is missing or incomplete. On Debian or Ubuntu, "
            "`apt-get install python3-venv` mends that; or name another Python: make PYTHON=python3.12 demo"
        )
    print("2/3 Installing the pinned packages (about a minute)", flush=True)
    if _pip("--require-hashes", "-r", str(ROOT / LOCKS[kind])):
        return (
            "The packages could not be installed. Check the network, and the lines above for what pip missed."
        )
    print("3/3 Installing Soundings and its one script, htmx", flush=True)
    if _pip("--no-deps", "--no-build-isolation", "-e", str(ROOT)):
        return "Soundings itself could not be installed. The lines above say what was missing."
    return ""


def _pip(*arguments: str) -> int:
    return _run(str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", *arguments)


def _run(*command: str) -> int:
    return subprocess.run(command, check=False).returncode


def _browser() -> int:
    """Make sure that there is a Chromium for the browser tests, where we may install one."""
    if os.environ.get("CHROMIUM") or shutil.which("chromium"):
        return 0
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("Installing Chromium for the browser tests (a few minutes)", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "check": False}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)  # type: ignore[call-overload]
        packages = ["chromium", "fonts-noto-core"]
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], **quiet)  # type: ignore[call-overload]
    if not shutil.which("chromium"):
        print(
            "There is no Chromium, so the browser tests will be skipped. On Debian or Ubuntu: "
            "`sudo apt-get install chromium`. Or set CHROMIUM to the path of a Chromium or Chrome.",
            file=sys.stderr,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
