"""What playing a recording to a live system gave; programs that drive other systems write it as JSON."""

import msgspec

from ui.bench.asr.screen import Update


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """One recording played to one system: what it showed when, and what that cost.

    `cpu_s` is processor seconds for the whole recording; `lag_max_ms` the system's own word, None where it has none.
    """

    system: str
    updates: tuple[Update, ...]
    cpu_s: float = 0.0
    peak_bytes: int = 0
    lag_max_ms: int | None = None
