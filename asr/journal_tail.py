"""The end of a journal that is being written: its newest part, confirmed by syncs, left for another when it fails."""

import os
from contextlib import suppress
from pathlib import Path

from asr.errors import SoundLocked
from asr.journal_files import FULL, refusals, write_at
from asr.journal_parts import Part, begin_part, blank_of, record_offset
from asr.journal_records import PAYLOAD_BYTES, Kind, PartHeader, Record, pack_record
from asr.sound_key import KEY_VARIABLE, Cipher, key_file, new_cipher


class Tail:
    """The newest part of the journal in `folder`. Raises OSError where not said otherwise.

    A file that has failed once is not trusted with anything that it has not confirmed: that is written to a new part.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fd: int | None = None
        self.first = self._records = 0
        self._cipher: Cipher | None = None
        self._key_known = self._own = False
        self._unconfirmed: list[Record] = []
        self.failed = False
        # Whether the sound before is encrypted.
        self.encrypted = False

    def prepare_key(self) -> None:
        """Makes sure that sound can be encrypted where it has to be. Raises KeyRefused, SoundLocked."""
        if self._key_known:
            return
        # Once: a key file that is taken away later must not end the recording.
        self._cipher = new_cipher()
        if self._cipher is None and self.encrypted:
            raise SoundLocked(path=str(self._folder), variable=KEY_VARIABLE)
        self._key_known = True

    def go_on_in(self, part: Part) -> Record | None:
        """Takes up the newest part of a dead writer and cuts what is torn; its last record."""
        self.encrypted = bool(part.header.key_name)
        last = part.last_good()
        part.cut_after(last[0] if last else -1)
        self.first, self._records, self._fd = part.header.first_sample, len(part), os.dup(part.fd)
        return last[1] if last else None

    def suits(self, kind: Kind) -> bool:
        """Whether a record can be put here; a part that another writer began has another writer's cipher."""
        secret = kind is Kind.AUDIO and (self.encrypted or key_file() is not None)
        return self._fd is not None and (self._own or not secret)

    def begin(self, first: int, started_at_ns: int) -> None:
        """A new part takes the place of what was confirmed. Raises KeyRefused, SoundLocked too."""
        self._begin(first, started_at_ns)
        self._unconfirmed.clear()

    def begin_anew(self, mark: Record, started_at_ns: int) -> None:
        """Goes on in a new part with all that the failed one did not confirm, and then a `mark` of the place."""
        first = self._unconfirmed[0].start if self._unconfirmed else mark.start
        left, confirmed = self._fd, max(0, self._records - len(self._unconfirmed))
        kept = None if left is None else os.dup(left)
        try:
            self._begin(first, started_at_ns)
            for record in self._unconfirmed:
                self._put(record)
            self._put(mark)
            self._unconfirmed.append(mark)
            if kept is not None:
                # Nothing lies there twice, in case it is to be taken off the disk later.
                with suppress(OSError):
                    os.ftruncate(kept, record_offset(confirmed))
        finally:
            if kept is not None:
                os.close(kept)
        self.failed = False

    def put(self, record: Record) -> None:
        """Adds a record, whole or, when it raises, not at all."""
        try:
            self._put(record)
        except OSError as error:
            self.failed = error.errno not in FULL
            raise
        self._unconfirmed.append(record)

    def sync(self) -> None:
        """Returns when all that was put is on the disk. Raises NotWritten."""
        if self._fd is None:
            return
        with refusals(self._folder):
            try:
                os.fdatasync(self._fd)
            except OSError:
                # What the system could not write it may have forgotten: a later success would mean nothing.
                self.failed = True
                raise
        # Marks of no length at a part's very beginning would go with it when it is begun anew.
        if self._unconfirmed and self._unconfirmed[-1].end > self.first:
            self._unconfirmed.clear()

    def forget_sound_from(self, sample: int) -> None:
        """What was taken off the disk does not come back with a part that is begun anew."""
        self._unconfirmed = [
            blank_of(record) if record.kind is Kind.AUDIO and record.end > sample else record
            for record in self._unconfirmed
        ]

    def close(self) -> None:
        """What was put stays."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _begin(self, first: int, started_at_ns: int) -> None:
        self.prepare_key()
        header = PartHeader(first, started_at_ns)
        cipher = self._cipher.renewed() if self._cipher else None
        if cipher is not None:
            header = header._replace(key_name=cipher.key_name, salt=cipher.salt)
        fd = begin_part(self._folder, header)
        with suppress(OSError):  # a file that failed may say so once more
            self.close()
        self._fd, self.first, self._records = fd, first, 0
        self._cipher, self.encrypted, self._own = cipher, cipher is not None, True

    def _put(self, record: Record) -> None:
        assert self._fd is not None
        if self._cipher is not None and record.kind is Kind.AUDIO and not record.erased:
            payload, secret = self._cipher.close(record.payload.ljust(PAYLOAD_BYTES, b"\0"), record.bound)
            record = record._replace(payload=payload, secret=secret)
        # At a place reckoned by us, so that a torn try is written over by the next.
        write_at(self._fd, pack_record(record), record_offset(self._records))
        self._records += 1
