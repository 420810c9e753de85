"""A program run within limits of time and memory, and what it took."""

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LOOK_EVERY = 0.02


@dataclass(frozen=True)
class Limits:
    """Seconds and megabytes that a program may take."""

    seconds: float
    megabytes: float


@dataclass(frozen=True)
class Ran:
    """What a program printed, the megabytes it held at most, and why it has no figures, if it has none."""

    printed: str
    megabytes: float
    problem: str | None


def run(command: Sequence[str], limits: Limits, folder: Path) -> Ran:
    """Run it to its end, or to the first limit that it meets."""
    with (folder / "printed").open("w+") as printed, (folder / "complaints").open("w+") as complaints:
        process = subprocess.Popen(command, stdout=printed, stderr=complaints)
        try:
            problem, peak = _watch(process, limits)
        finally:
            process.kill()
            process.wait()
        printed.seek(0)
        complaints.seek(0)
        if problem is None and process.returncode:
            last = complaints.read().strip().splitlines()[-1:]
            problem = f"died with {process.returncode}: {''.join(last)[:90]}"
        return Ran(printed.read(), peak, problem)


def _watch(process: subprocess.Popen[bytes], limits: Limits) -> tuple[str | None, float]:
    began, peak = time.monotonic(), 0.0
    while process.poll() is None:
        peak = max(peak, _peak(process.pid))
        if peak > limits.megabytes:
            return f"stopped at the limit of {limits.megabytes:,.0f} MB", peak
        if time.monotonic() - began > limits.seconds:
            return f"stopped at the limit of {limits.seconds:,.0f} s", peak
        time.sleep(LOOK_EVERY)
    return None, peak


def _peak(pid: int) -> float:
    """The most memory that a process has held so far, in megabytes; 0 where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = status.partition("VmHWM:")[2].split()
    return int(found[0]) / 1024 if found else 0.0


def load() -> str:
    """What the machine is doing besides, for the heading of a table."""
    return ", ".join(f"{value:.2f}" for value in os.getloadavg())
