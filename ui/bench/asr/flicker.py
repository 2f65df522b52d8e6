"""How restless the shown text is: the share of shown characters that were later changed."""

import difflib
from collections.abc import Iterable
from itertools import pairwise

from ui.bench.asr.screen import Update, frames


def flicker(updates: Iterable[Update]) -> float:
    """Of all characters ever shown, the share that a later text replaced or took away. Spaces do not count."""
    seen = ["", *("".join(frame.split()) for frame in frames(updates))]
    shown = changed = 0
    for before, after in pairwise(seen):
        gone, come = _difference(before, after)
        changed += gone
        shown += come
    return changed / shown if shown else 0.0


def _difference(before: str, after: str) -> tuple[int, int]:
    """Characters that went, and that came."""
    same = _common_start(before, after)
    before, after = before[same:], after[same:]
    same = _common_start(before[::-1], after[::-1])
    before, after = before[: len(before) - same], after[: len(after) - same]
    kept = sum(block.size for block in difflib.SequenceMatcher(None, before, after, False).get_matching_blocks())
    return len(before) - kept, len(after) - kept


def _common_start(one: str, other: str) -> int:
    limit = min(len(one), len(other))
    return next((place for place in range(limit) if one[place] != other[place]), limit)
