"""How long a reader waits for text, from the arrivals of live text and the script of what was spoken when.

All times are ms of the recording's own clock: a wait is the arrival less the moment of the voice it is about.
"""

from collections.abc import Iterable, Sequence

import msgspec

from ui.bench.asr.screen import Reach, Update, first_finals

MOMENT_MS = 100
EDGE_MS = 300
"""A script's times include a little silence that no voice detection counts to the utterance."""
OVERLAP_MS = 200


class Span(msgspec.Struct, frozen=True):
    """When an utterance was spoken."""

    start_ms: int
    end_ms: int


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """The distribution of a quantity in ms. `missing` are those it never came for."""

    p50: int
    p95: int
    max: int
    count: int
    missing: int = 0


def spread(waits: Iterable[int], missing: int = 0) -> Spread | None:
    """The distribution of waits (nearest rank), None without any."""
    ordered = sorted(waits)
    if not ordered:
        return None

    def rank(share: float) -> int:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    return Spread(p50=rank(0.5), p95=rank(0.95), max=ordered[-1], count=len(ordered), missing=missing)


def partial_ages(updates: Sequence[Update]) -> list[int]:
    """Partial age: of each partial as it arrives, how long ago the newest sound in it was spoken (`end_ms`)."""
    return [
        update.at_ms - piece.end_ms
        for update in updates
        for piece in update.pieces
        if piece.text and not piece.final
    ]


def voice_until_shown(updates: Sequence[Update], spoken: Sequence[Span]) -> tuple[list[int], int]:
    """How far the text is behind the voice: for each tenth of a second of speech, when a partial or final that reaches
    it was first shown. Returns the waits, and how many moments no text ever reached.

    Larger than the partial age, since between two partials the voice goes on. What the text of a partial leaves out
    at its end is not seen here; it is in the error rate, and in the wait for the final.
    """
    reach = Reach(updates)
    moments = [
        moment
        for span in spoken
        for moment in range(span.start_ms + EDGE_MS, span.end_ms - EDGE_MS + 1, MOMENT_MS)
    ]
    arrivals = [(moment, reach.arrival(moment)) for moment in moments]
    waits = [max(0, arrived - moment) for moment, arrived in arrivals if arrived is not None]
    return waits, len(moments) - len(waits)


def final_waits(updates: Sequence[Update], spoken: Sequence[Span]) -> tuple[list[int], int]:
    """From the end of each utterance of the script until the last final piece of it arrived, as it first came (a later
    correction is no wait). Returns the waits, and how many utterances no final touches.

    A piece belongs to an utterance when they share 0.2 s, or a third of a shorter one. Where a system finishes two
    utterances as one piece, the first of them waits for the second: its reader does.
    """
    finals = first_finals(updates)
    waits = list[int]()
    for span in spoken:
        enough = min(OVERLAP_MS, (span.end_ms - span.start_ms) / 3)
        arrivals = [
            at_ms
            for at_ms, piece in finals
            if min(piece.end_ms, span.end_ms) - max(piece.start_ms, span.start_ms) >= enough
        ]
        if arrivals:
            waits.append(max(arrivals) - span.end_ms)
    return waits, len(spoken) - len(waits)
