"""What tests ask of recognized text, on top of the benchmark's own score."""

from collections.abc import Sequence

from ui.bench.scoring import fold


def recognizable(sentence: str, heard: str, at_most: float = 0.34) -> bool:
    """Whether a sentence stands anywhere in `heard` with no more than a third of its characters wrong."""
    wanted, got = fold(sentence), fold(heard)
    row = [0] * (len(got) + 1)
    for i, a in enumerate(wanted, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(got, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return min(row) <= at_most * len(wanted)


def share_recognizable(sentences: Sequence[str], heard: str) -> float:
    """The share of sentences that can be recognized."""
    return sum(recognizable(one, heard) for one in sentences) / len(sentences)
