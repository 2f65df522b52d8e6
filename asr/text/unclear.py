"""The marks of a record for sound that cannot be understood: what is not known is said, and nothing is made up for it.

The marks are no spoken words: they are taken off before a text is scored, indexed or compared.
"""

from asr.text.evidence import Evidence
from asr.text.loops import is_looping
from asr.text.votes import decides, is_vote

UNCLEAR = "〔听不清〕"
SEVERAL = "〔多人发言〕"
MARKS = (UNCLEAR, SEVERAL)


def is_unclear(text: str, evidence: Evidence) -> bool:
    """Whether more of these words are probably wrong than right.

    Never of a vote, which is short, quiet, and decides; but of more votes than can be said in the time.
    """
    if is_vote(text) and is_looping(text, evidence.length_s):
        return True
    return bool(text) and evidence.incredible and not decides(text, evidence)


def unmarked(text: str) -> str:
    """The words of a text, without the marks."""
    for mark in MARKS:
        text = text.replace(mark, "")
    return text


def is_marked_unclear(text: str) -> bool:
    """Whether a record's text says that nothing could be understood."""
    return UNCLEAR in text
