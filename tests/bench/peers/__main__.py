"""`make bench-peers`: three raked tables with intervals, ours beside svy and R's survey, in one run."""

import argparse
import csv
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.bench.peers import wave
from tests.bench.peers.clock import MEMORY, fastest
from tests.bench.peers.process import Limits, load, run

HERE = Path(__file__).parent
SVY_PYTHON = Path(".venv-peers") / "bin" / "python"
OURS = "ours (greg)"
Figures = dict[tuple[str, str], tuple[float, ...]]  # (table, domain): estimate, se, low, high
# Every value is looked at: DuckDB answers max() and count() from the file's own statistics, without reading it.
READING = "select {} from read_parquet('{}')"
HEADINGS = ("reading", "tables", "both", "x ours", "x reading", "peak MB", "x ours")
COLUMNS = ("borough", "age", "sex", "school", "weight", "worried")


@dataclass(frozen=True)
class Peer:
    """Somebody who makes the tables: the command, to which the folder and the file for figures are added."""

    name: str
    command: tuple[str, ...]
    way: tuple[str, ...] = ()

    def at(self, folder: Path) -> list[str]:
        """The command for one wave."""
        return [*self.command, str(folder), str(self.figures(folder)), *self.way]

    def figures(self, folder: Path) -> Path:
        """Where it writes its figures."""
        return folder / f"{self.name}.csv"


@dataclass(frozen=True)
class Took:
    """What one peer took; a problem instead of seconds where it came to none."""

    peer: Peer
    reading: float
    estimating: float
    megabytes: float
    problem: str | None

    @property
    def seconds(self) -> float:
        """From the file to the tables."""
        return self.reading + self.estimating


def ours() -> list[Peer]:
    """Our tables, by each way of counting the raking into the standard errors."""
    command = (sys.executable, "-m", "tests.bench.peers.ours")
    return [Peer(OURS, command, ("greg",)), Peer("ours (r-rake)", command, ("r-rake",))]


def others() -> list[Peer]:
    """Those peers that are on this machine; says which are not."""
    found = []
    if SVY_PYTHON.exists():
        command = (str(SVY_PYTHON), "-m", "tests.bench.peers.svy_peer")
        found += [Peer("svy (prop)", command, ("prop",)), Peer("svy (mean)", command, ("mean",))]
    else:
        print(f"svy is not here ({SVY_PYTHON}): `make bench-peers` installs it")
    if shutil.which("Rscript"):
        found.append(Peer("R survey", ("Rscript", "--vanilla", str(HERE / "r.R"))))
    else:
        print("R is not here: there is no Rscript")
    return found


def compare(rows: int, peers: Sequence[Peer], limits: Limits, with_figures: bool) -> None:
    """Print what every peer takes for a wave of so many rows, and how far its figures are from ours."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wave.write(folder, rows, any(peer.name == "R survey" for peer in peers))
        reading = read_through(folder / "wave.parquet")
        print(f"\n  {rows:,} rows; going through the columns once takes {reading:.3f} s; load {load()}")
        print(" " * 18 + "".join(f"{heading:>10}" for heading in HEADINGS))
        took = [measure(peer, limits, folder) for peer in peers]
        for each in took:
            print(line(each, took[0], reading))
        if with_figures:
            differences(folder, [each.peer for each in took if not each.problem])


def read_through(file: Path) -> float:
    """The seconds that DuckDB takes to look at every value once."""
    looked = ", ".join(f"bit_xor(hash({column}))" for column in COLUMNS)
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        return fastest(lambda: connection.execute(READING.format(looked, file)).fetchall())[1]


def measure(peer: Peer, limits: Limits, folder: Path) -> Took:
    """Let one peer make its tables."""
    ran = run(peer.at(folder), limits, folder)
    if ran.problem:
        return Took(peer, math.nan, math.nan, ran.megabytes, ran.problem)
    reading, estimating = ran.printed.splitlines()[-1].split()[:2]
    return Took(peer, float(reading), float(estimating), ran.megabytes, None)


def line(took: Took, ours: Took, reading: float) -> str:
    """A line of the table."""
    memory = f"{took.megabytes:>10,.0f}{took.megabytes / ours.megabytes:>10.1f}"
    if took.problem:
        return f"  {took.peer.name:16}{took.problem:>50}{memory}"
    reads = f"{took.reading:.3f} s" if took.reading else "in one"
    return (
        f"  {took.peer.name:16}{reads:>10}{took.estimating:>8.3f} s{took.seconds:>8.3f} s"
        f"{took.seconds / ours.seconds:>10.1f}{took.seconds / reading:>10.1f}{memory}"
    )


def differences(folder: Path, peers: Sequence[Peer]) -> None:
    """Print the largest differences between the figures of ours and of every other."""
    figures = {peer.name: read(peer.figures(folder)) for peer in peers}
    print("  the largest difference from        estimate     SE, relatively     ends of intervals")
    for mine in (peer.name for peer in peers if peer.name.startswith("ours")):
        for other in (peer.name for peer in peers if not peer.name.startswith("ours")):
            print(
                f"    {mine:14} to {other:12}"
                + "".join(f"{each:>18.1e}" for each in apart(figures[mine], figures[other]))
            )


def read(file: Path) -> Figures:
    """The figures that a peer wrote."""
    with file.open(newline="") as opened:
        return {(row[0], row[1]): tuple(map(float, row[2:])) for row in csv.reader(opened)}


def apart(ours: Figures, other: Figures) -> tuple[float, float, float]:
    """The largest difference of the estimates, of the standard errors (relatively), and of the intervals' ends."""
    assert ours.keys() == other.keys(), "the tables have other domains"
    pairs = [(ours[key], other[key]) for key in ours]
    return (
        max(abs(a[0] - b[0]) for a, b in pairs),
        max(abs(a[1] / b[1] - 1) for a, b in pairs),
        max(abs(x - y) for a, b in pairs for x, y in zip(a[2:], b[2:], strict=True)),
    )


def sizes(chosen: argparse.Namespace) -> Iterator[tuple[int, list[Peer]]]:
    """Every size, with those who take part in it."""
    beside = others()
    for rows in chosen.sizes:
        yield rows, [*ours(), *beside]
    for rows in chosen.ours:
        yield rows, ours()[:1]


def main() -> None:
    """Print a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument(
        "--ours", type=int, nargs="*", default=[5_000_000, 50_000_000], help="rows for ours alone"
    )
    parser.add_argument("--limit", type=float, default=120, help="seconds for each peer and size")
    parser.add_argument("--memory", type=float, default=8_000, help="megabytes for each peer")
    chosen = parser.parse_args()
    print(f"Three raked tables with 95 % intervals (33 boroughs, 6 ages, 198 cells), {os.cpu_count()} cores")
    for at, (rows, peers) in enumerate(sizes(chosen)):
        compare(rows, peers, Limits(chosen.limit, chosen.memory), with_figures=at == 0)


if __name__ == "__main__":
    main()
