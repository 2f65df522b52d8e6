"""What a fault cost, kept for docs/reliability.md when `scripts/reliability.py` asks for it."""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

FILE_VARIABLE = "FAULT_FIGURES"


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One fault, `times` made. `lost_s`: sound lost each time; `sound_s`, `text_s`: how long until sound was
    recorded, and text went on, again; `cer`: how far the text is from that of the undisturbed run."""

    fault: str
    times: int = 1
    lost_s: tuple[float, ...] = ()
    sound_s: tuple[float, ...] = ()
    text_s: tuple[float, ...] = ()
    cer: tuple[float, ...] = ()
    found: str = ""


def keep(figure: Figure) -> None:
    """Prints the figure, and appends it to the file that was asked for."""
    line = msgspec.json.encode(figure)
    print(line.decode())
    if name := os.environ.get(FILE_VARIABLE):
        # One write a line: two workers of one run append to the same file.
        with Path(name).open("ab", buffering=0) as file:
            file.write(line + b"\n")


def kept(path: Path) -> list[Figure]:
    """The figures of a run."""
    return [msgspec.json.decode(line, type=Figure) for line in path.read_bytes().splitlines()]


def rounded(values: Iterable[float]) -> tuple[float, ...]:
    """Seconds, to the hundredth."""
    return tuple(round(value, 2) for value in values)
