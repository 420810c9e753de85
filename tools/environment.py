"""Makes what `make` needs: `python3 tools/environment.py run|dev|chromium|browsers|r ...`.

Does nothing where everything is already as the locks say. An old Python can read it, to be told its age.
"""

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
ALSO = {"run": ("dev",), "dev": ()}  # the environments that hold everything this one does
PROGRAMS = {  # Debian's package: the variable that may name another program, and the programs of which one will do
    "chromium": ("CHROMIUM", ("chromium", "google-chrome")),
    "firefox-esr": ("FIREFOX", ("firefox-esr", "firefox")),
    "webkit2gtk-driver": ("", ("WebKitWebDriver",)),
    "xvfb": ("", ("Xvfb",)),  # a screen for WebKit that nobody sees
}
BROWSERS = {"chromium": ("chromium",), "browsers": tuple(PROGRAMS)}
R = {
    "r-base-core": "base",
    "r-cran-survey": "survey",
    "r-cran-mass": "MASS",
}  # Debian's package: what R calls it
HTMX = ROOT / "survey" / "static" / "htmx.min.js"


class Missing(Exception):
    """Something that must be mended before we can go on: where, and how."""


def main(wanted: str) -> None:
    """Make one thing that is wanted."""
    if sys.version_info < (3, 11):  # noqa: UP036
        raise Missing(
            f"Soundings needs Python 3.11 or newer; this is {platform.python_version()}. "
            "Name a newer one, for example: make demo PYTHON=python3.12"
        )
    if wanted in BROWSERS:
        find_browsers(BROWSERS[wanted])
    elif wanted == "r":
        find_r()
    elif not any(_is_made(kind) for kind in (wanted, *ALSO[wanted])):
        make(wanted)


def make(kind: str) -> None:
    """Create the environment, install what the lock says, and then Soundings itself."""
    print("1/3 Creating the environment in .venv", flush=True)
    _create()
    print("2/3 Installing the pinned packages (one to three minutes the first time)", flush=True)
    if not _pip("--require-hashes", "-r", str(ROOT / LOCKS[kind])):
        raise Missing("The packages could not be installed. Check the network; pip's own words are above.")
    print("3/3 Installing Soundings itself, and htmx from its npm package", flush=True)
    if not _pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT)):
        raise Missing(
            "Soundings itself could not be installed. Check the network; pip's own words are above."
        )
    _mark(kind).write_text(_fingerprint(kind))


def _create() -> None:
    made_by, this = VENV / "made-by", f"{sys.version}\n{VENV}"
    if made_by.exists() and made_by.read_text() == this:
        return
    if VENV.is_symlink():
        raise Missing(f"{VENV} leads to another folder, which would be emptied. Remove the link first.")
    whole = all(importlib.util.find_spec(module) for module in ("venv", "ensurepip"))
    if not whole or subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False).returncode:
        raise Missing(
            f"{sys.executable} could not create an environment: its venv module is missing or not whole. "
            "On Debian and Ubuntu `apt-get install python3-venv` mends that. "
            "Or name another Python: make demo PYTHON=python3.12"
        )
    made_by.write_text(this)


def _is_made(kind: str) -> bool:
    return _mark(kind).exists() and _mark(kind).read_text() == _fingerprint(kind) and HTMX.exists()


def _mark(kind: str) -> Path:
    return VENV / f"made-for-{kind}"


def _fingerprint(kind: str) -> str:
    files = [(ROOT / name).read_bytes() for name in (LOCKS[kind], "pyproject.toml", "hatch_build.py")]
    return hashlib.sha256(b"\0".join([*files, sys.version.encode(), str(VENV).encode()])).hexdigest()


def _pip(*arguments: str) -> bool:
    """Install, naming each package as it comes where a person watches; pip's last words if it fails."""
    said: deque[str] = deque(maxlen=20)
    command = [str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        for line in pip.stdout or ():
            said.append(line)
            if line.startswith("Collecting") and sys.stdout.isatty():
                print(f"\r    {line.split()[1]:<50.50}", end="", flush=True)
    if sys.stdout.isatty():
        print(f"\r{'':54}\r", end="", flush=True)
    if pip.returncode:
        print("".join(said), file=sys.stderr)
    return pip.returncode == 0


def find_browsers(packages: tuple[str, ...]) -> None:
    """Make sure of what the browser tests drive; only CI cannot go on without."""
    missing = [one for one in packages if not _is_here(one)]
    if missing and _may_install():
        _install([*missing, "fonts-noto-core"], "the browser tests")
        missing = [one for one in missing if not _is_here(one)]
    if not missing:
        return
    _go_on_without(
        f"The browser tests need what is not here: {' and '.join(missing)}. "
        f"On Debian: `sudo apt-get install {' '.join(missing)}`. "
        "Elsewhere, set CHROMIUM or FIREFOX to the path of a Chromium, Chrome or Firefox."
    )


def find_r() -> None:
    """Make sure of R and its package survey, which work our figures out again; only CI cannot go on without."""
    missing = [package for package, name in R.items() if not _r_has(name)]
    if missing and _may_install():
        _install(missing, "the check of every figure in R")
        missing = [package for package, name in R.items() if not _r_has(name)]
    if missing:
        _go_on_without(
            f"The check of every figure in R needs what is not here: {' and '.join(missing)}. "
            f"On Debian: `sudo apt-get install {' '.join(missing)}`. "
            "Elsewhere, install R, and in it the packages survey and MASS."
        )


def _r_has(name: str) -> bool:
    if not shutil.which("Rscript"):
        return False
    asked = ["Rscript", "-e", f"quit(status = !requireNamespace({name!r}, quietly = TRUE))"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def _go_on_without(sentence: str) -> None:
    """Say what is missing; CI stops there."""
    if os.environ.get("CI") == "true":
        raise Missing(sentence)
    print(f"{sentence} Going on without.", file=sys.stderr, flush=True)


def _is_here(package: str) -> bool:
    variable, programs = PROGRAMS[package]
    named = os.environ.get(variable)
    if named and not shutil.which(named):
        raise Missing(f"{variable} names {named}, which is not a program. Set it to the path of a browser.")
    return any(shutil.which(program) for program in (named, *programs) if program)


def _may_install() -> bool:
    return os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install(packages: list[str], what_for: str) -> None:
    print(f"Installing {', '.join(packages)} for {what_for} (a minute or two)", flush=True)
    apt = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--yes", *packages]):
        subprocess.run([*apt, *step], env=quiet, stdout=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    try:
        for wanted in sys.argv[1:]:
            main(wanted)
    except Missing as missing:
        print(f"\n{missing}", file=sys.stderr)
        sys.exit(2)
