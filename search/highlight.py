"""Where in the original text the found pieces stand."""

from collections.abc import Iterable

from search.analysis import fold_with_offsets

Span = tuple[int, int]


def highlights(text: str, pieces: Iterable[str]) -> tuple[Span, ...]:
    """Spans of `text` (code points, [start, end)) that hold one of the folded pieces; touching spans are one.

    A piece is found in the folded text and its place is carried back, so 辦公 is marked for a search of 办公.
    """
    folded, offsets = fold_with_offsets(text)
    spans = [(offsets[start], offsets[end - 1] + 1) for piece in pieces for start, end in _places(folded, piece)]
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _places(folded: str, piece: str) -> Iterable[Span]:
    start = folded.find(piece) if piece else -1
    while start >= 0:
        yield start, start + len(piece)
        start = folded.find(piece, start + 1)
