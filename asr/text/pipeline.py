"""From what the model wrote to what the record shows: the steps, in their order."""

from collections.abc import Callable

from asr.results import Change, Piece
from asr.text.evidence import Evidence
from asr.text.hallucinations import drop_inventions
from asr.text.loops import collapse_loops
from asr.text.marks import mend_marks
from asr.text.punctuation import full_width, sentence_end, spacing
from asr.text.script import simplify
from asr.text.votes import BY_SOUND, as_vote

Step = Callable[[str, Evidence], str]

FINAL_STEPS: tuple[tuple[str, Step], ...] = (
    ("unreadable", lambda text, _: text.replace("\ufffd", "")),
    ("mark", lambda text, _: mend_marks(text)),
    ("simplified", lambda text, _: simplify(text)),
    ("loop", lambda text, evidence: collapse_loops(text, evidence.length_s)),
    ("invented", drop_inventions),
    (BY_SOUND, as_vote),
    ("spacing", lambda text, _: spacing(text)),
    ("punctuation", lambda text, _: full_width(text)),
    ("sentence_end", lambda text, _: sentence_end(text)),
)
WINDOW_STEPS = tuple(step for step in FINAL_STEPS if step[0] != BY_SOUND)
"""Where the evidence is not of this one whole utterance, nothing is taken for a vote by its sound."""
_SILENT = frozenset({"mark", "simplified", "spacing", "punctuation", "sentence_end"})
"""Steps that change how a text is written and not what it says: no one needs to be told."""


def refine_text(
    raw: str, evidence: Evidence, steps: tuple[tuple[str, Step], ...] = FINAL_STEPS
) -> tuple[str, tuple[Change, ...]]:
    """The text for the record and what was changed in its words. Never raises; refining again changes nothing."""
    text, changes = raw, list[Change]()
    # One step may uncover work for an earlier one; it settles at once or after the second round.
    for _ in range(4):
        before_round = text
        for reason, step in steps:
            changed = step(text, evidence)
            if changed != text and reason not in _SILENT:
                changes.append(Change(before=text, after=changed, reason=reason))
            text = changed
        if text == before_round:
            break
    return text, tuple(changes)


def partial_text(raw: str, evidence: Evidence) -> str:
    """The text to show while the sentence is still being spoken: no end is put to it."""
    text, _ = refine_text(raw, evidence, WINDOW_STEPS)
    return text.rstrip("，。？！、：； ")


def spread(text: str, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Shares out the refined text among the decoder's pieces, so that joined they are the text again.

    Writing is changed by refining, letters are not: so letters are counted. Where their number has changed, one
    piece holds all.
    """
    counts = [sum(map(str.isalnum, mend_marks(piece.text))) for piece in pieces]
    if not text or not pieces:
        return ()
    if sum(counts) != sum(map(str.isalnum, text)):
        return (Piece(start_ms=pieces[0].start_ms, end_ms=pieces[-1].end_ms, text=text),)
    shared, at = list[Piece](), 0
    for index, (piece, count) in enumerate(zip(pieces, counts, strict=True)):
        end = len(text) if index == len(pieces) - 1 else _after_letters(text, at, count)
        if end > at:
            shared.append(Piece(start_ms=piece.start_ms, end_ms=piece.end_ms, text=text[at:end]))
        at = end
    return tuple(shared)


def _after_letters(text: str, at: int, count: int) -> int:
    """Where `count` letters after `at`, and the marks that follow them, end."""
    while at < len(text) and (count > 0 or not text[at].isalnum()):
        count -= text[at].isalnum()
        at += 1
    return at
