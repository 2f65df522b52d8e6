"""What recognition hands upwards: partial and final text of utterances, in media time."""

import msgspec


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of an utterance with its own times, as the decoder's timestamp tokens give them."""

    start_ms: int
    end_ms: int
    text: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One correction: what stood there, what stands there now, and why."""

    before: str
    after: str
    reason: str


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a text, in code points, that may mean any of `candidates`: only a person can tell."""

    offset: int
    length: int
    candidates: tuple[str, ...]


class Ready(msgspec.Struct, frozen=True, tag_field="type", tag="ready"):
    """The model is loaded and warm."""


class Partial(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="partial"):
    """Text of the utterance that begins at `start_sample`, so far. `end_ms`: the newest sound decoded, in `took_ms`."""

    start_sample: int
    revision: int
    start_ms: int
    end_ms: int
    text: str
    stable_chars: int = 0
    took_ms: int = 0


class Final(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="final"):
    """The one exact decode of a finished utterance; replaces its partials. An empty `text` means no speech.

    `next_sample` is the cut: recognition resumed there continues exactly as it would have undisturbed.
    `unclear`: the words are probably not what was said; `several`: people spoke at the same time.
    `undecoded`: nobody knows what was said, since the decoder fails over it.
    `took_ms`: what decoding it took.
    """

    start_sample: int
    next_sample: int
    start_ms: int
    end_ms: int
    text: str
    raw_text: str
    confidence: float
    pieces: tuple[Piece, ...] = ()
    changes: tuple[Change, ...] = ()
    marks: tuple[Mark, ...] = ()
    unclear: bool = False
    several: bool = False
    undecoded: bool = False
    took_ms: int = 0


class Heard(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="heard"):
    """Progress: every sample before `sample` has been looked at. `settled`: no utterance is pending."""

    sample: int
    settled: bool


class Drained(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="drained"):
    """The journal is sealed and all of it has been recognized."""

    sample: int


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="failed"):
    """Recognition cannot go on (a damaged model, say); `code` and `facts` are those of the error behind it."""

    code: str
    message: str
    template: str = ""
    facts: dict[str, str] = {}
    exit_code: int = 3


class Asks(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="asks"):
    """An utterance that begins at `sample` is to be decoded for the record; it waits for `asr.orders.Known`.

    So the words with which it is heard are those of the record, however late the orders about them come.
    """

    sample: int


Result = Ready | Partial | Final | Heard | Drained | Failed | Asks
