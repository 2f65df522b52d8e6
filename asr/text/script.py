"""Traditional characters to simplified ones."""

from functools import cache
from typing import Any


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def simplify(text: str) -> str:
    """The text in simplified characters; what has no simplified form stays."""
    converted: str = _converter().convert(text)
    return converted
