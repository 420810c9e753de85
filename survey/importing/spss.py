"""SPSS files (.sav, .zsav), read in a process of their own: a broken or hostile one cannot take the app with it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from questions import Fault, WrongSet

BEGINNINGS = (b"$FL2", b"$FL3")
NEEDS = "pyreadstat"
SECONDS = 60
BROKEN = "It says that it is an SPSS file, and cannot be read as one. Save it again in SPSS, or save it as CSV (UTF-8)."
NOT_HERE = (
    "This installation cannot read SPSS files. Save it as CSV (UTF-8) with the values’ labels, or ask whoever runs "
    "the installation."
)


def read(content: bytes, most_rows: int, most_columns: int) -> dict[str, Any]:
    """The columns of a file (name, label, labels, missing) and its rows in words; raises WrongSet."""
    if importlib.util.find_spec(NEEDS) is None:
        raise WrongSet([Fault("the file", NOT_HERE)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "past.sav"
        path.write_bytes(content)
        command = [sys.executable, "-m", "survey.importing", str(path), str(most_rows), str(most_columns)]
        try:
            made = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 (our own)
        except subprocess.TimeoutExpired:
            raise WrongSet([Fault("the file", BROKEN)]) from None
    if made.returncode:
        raise WrongSet([Fault("the file", BROKEN)])
    told: dict[str, Any] = json.loads(made.stdout)
    if "fault" in told:
        raise WrongSet([Fault("the file", told["fault"])])
    return told
