"""The record's marks put into a finished text: 〔听不清〕 for words that are not to be believed, 〔多人发言〕 before
what several people said at once."""

import msgspec

from asr.results import Change, Final, Piece
from asr.text.unclear import SEVERAL, UNCLEAR


def with_marks(final: Final) -> Final:
    """The final as the record shows it. What the model wrote stays in `raw_text`; a change says what was withheld."""
    prefix = SEVERAL if final.several else ""
    if not final.text or not (prefix or final.unclear):
        return final
    if final.unclear:
        text = prefix + UNCLEAR
        return msgspec.structs.replace(
            final,
            text=text,
            pieces=(Piece(start_ms=final.start_ms, end_ms=final.end_ms, text=text),),
            changes=(*final.changes, Change(before=final.text, after=text, reason="unclear")),
            marks=(),
        )
    return msgspec.structs.replace(
        final,
        text=prefix + final.text,
        pieces=_begun(prefix, final.pieces),
        marks=tuple(msgspec.structs.replace(one, offset=one.offset + len(prefix)) for one in final.marks),
    )


def _begun(prefix: str, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    return tuple(
        msgspec.structs.replace(piece, text=prefix + piece.text) if index == 0 else piece
        for index, piece in enumerate(pieces)
    )
