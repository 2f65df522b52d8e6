"""One number that is demanded of a run, and whether the run reached it."""

import operator
from collections.abc import Callable
from typing import Literal

import msgspec

Sign = Literal["≤", "<", "≥"]
_HOLDS: dict[Sign, Callable[[float, float], bool]] = {"≤": operator.le, "<": operator.lt, "≥": operator.ge}


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """`value` `sign` `limit`, in `unit`. `value` and `met` are null where it was not measured; a `goal` lies beyond
    what is demanded; `beside` is what to read the value with; `recording` what it is demanded of, where there are
    several."""

    recording: str
    what: str
    sign: Sign
    limit: float
    unit: str = ""
    value: float | None = None
    met: bool | None = None
    goal: bool = False
    beside: str = ""


def demand(
    what: str, value: float | None, sign: Sign, limit: float, unit: str = "", goal: bool = False, beside: str = ""
) -> Demand:
    """A demand, judged."""
    met = None if value is None else _HOLDS[sign](value, limit)
    return Demand(
        recording="", what=what, sign=sign, limit=limit, unit=unit, value=value, met=met, goal=goal, beside=beside
    )


_ANSWERS = {True: "yes", False: "**no**", None: "–"}


def cells(one: Demand) -> tuple[str, str, str]:
    """What is demanded, what was reached, and whether that is enough, for a row of Markdown."""
    what = f"{one.what} {one.sign} {_measured(one.limit, one.unit)}" + (" (goal beyond)" if one.goal else "")
    reached = "not measured" if one.value is None else _measured(one.value, one.unit)
    return what, reached + (f" ({one.beside})" if one.beside else ""), _ANSWERS[one.met]


def _measured(value: float, unit: str) -> str:
    return f"{value:.3g} {unit}".strip()
