"""The audio journal: a folder of part files that one recorder appends to and anybody reads by sample offset.

Media time counts samples (16 kHz, mono, int16) from the start of the sound; a gap takes its true length, so that a
sample offset and a time of day are the same thing everywhere. What was written is never moved; a process that dies in
the middle of a write leaves a torn last record, which the next writer cuts and readers do not see.

Sound that may not be kept is withheld from the disk: its record there is blank and keeps only its place in time, while
the sound itself waits in a memory folder until its text is committed. The reader puts both together.
"""

from asr.journal_reader import Gap, JournalReader, Samples, level_dbfs
from asr.journal_writer import LOCK_NAME, PART_SAMPLES, JournalWriter, lock_holder

__all__ = [
    "LOCK_NAME",
    "PART_SAMPLES",
    "Gap",
    "JournalReader",
    "JournalWriter",
    "Samples",
    "level_dbfs",
    "lock_holder",
]
