"""Cubes of whole people as bytes: numpy's own format, without objects in it."""

import io
import json
from collections.abc import Hashable

import numpy as np

from analysis import Cube
from analysis.frame import Column


def packed(found: Cube) -> bytes:
    """A cube as bytes; of its weights nothing is kept, since each person counts as one."""
    file = io.BytesIO()
    levels = json.dumps({axis.name: axis.levels for axis in found.axes}).encode()
    arrays = {f"at_{at}": axis.codes.astype(np.int32) for at, axis in enumerate(found.axes)}
    np.savez_compressed(
        file, allow_pickle=False, levels=np.frombuffer(levels, np.uint8), n=found.n.astype(np.int64), **arrays
    )
    return file.getvalue()


def unpacked(cells: bytes) -> Cube:
    """A cube from its bytes."""
    with np.load(io.BytesIO(cells), allow_pickle=False) as file:
        levels: dict[str, list[Hashable]] = json.loads(file["levels"].tobytes())
        axes = tuple(
            Column(name, file[f"at_{at}"].astype(np.intp), tuple(of))
            for at, (name, of) in enumerate(levels.items())
        )
        people = file["n"].astype(np.float64)
    return Cube(axes, people, people, people)
