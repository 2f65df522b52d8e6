"""What the service tells the recognizer's process, a JSON line each on its standard input."""

import msgspec

from asr.text.writing import Words


class Start(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="start"):
    """The first line: what to recognize, from where, and how. `from_sample` is 0 or a `Final.next_sample`.

    `patient`: nobody waits for the text of a sentence, so none is decoded the cheap way for being late.
    """

    journal: str
    from_sample: int
    model_path: str
    language: str = "zh"
    prompt_terms: tuple[str, ...] = ()
    words: Words = Words()
    patient: bool = False


class Terms(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="terms"):
    """The words now most likely to be said: the item has changed, or a word was added."""

    prompt_terms: tuple[str, ...]
    words: Words = Words()


Order = Start | Terms
