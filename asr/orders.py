"""What the service tells the recognizer's process, a JSON line each on its standard input."""

import msgspec

from asr.text.writing import Words


class Start(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="start"):
    """The first line: what to recognize, from where, and how. `from_sample` is 0 or a `Final.next_sample`.

    `patient`: nobody waits for the text of a sentence, so none is decoded the cheap way for being late.
    `left_out`: where utterances begin that are not to be decoded, since they ended every recognizer that did.
    """

    journal: str
    from_sample: int
    model_path: str
    language: str = "zh"
    prompt_terms: tuple[str, ...] = ()
    words: Words = Words()
    patient: bool = False
    left_out: tuple[int, ...] = ()


class Terms(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="terms"):
    """The words most likely to be said from `from_sample` on: the item has changed there, or a word was added.

    They may come in any order and at any time: an utterance is heard with those that hold where it begins.
    """

    prompt_terms: tuple[str, ...]
    words: Words = Words()
    from_sample: int = 0


class Known(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="known"):
    """The answer to `Asks`: all words that hold from `sample`, or from before it, have been told."""

    sample: int


Order = Start | Terms | Known
