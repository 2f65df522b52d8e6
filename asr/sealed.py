"""Sealed sound: the parts of a finished journal as FLAC files, and the one file that says what is in them.

`sealed.json` holds for each part where it lies in media time, when it was spoken, where it has no sound and why, and
the sha256 of its file; the chain goes from part to part over all of this. A part's FLAC file holds just its sound,
one stretch after the other: off spans have none. With a key named, the file is encrypted as a whole.
"""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from asr import flac
from asr.errors import JournalDamaged
from asr.journal_records import Kind, PartHeader, Record
from asr.sound_key import NAME_BYTES, SALT_BYTES, SECRET_BYTES, Cipher, cipher_of
from models.refusal import N_

MANIFEST_NAME = "sealed.json"
PLAIN_SUFFIX, ENCRYPTED_SUFFIX = ".flac", ".flac.enc"
CHAIN_SEED = "smart-meeting sealed sound 1"
_MAGIC = b"SMSEAL1\n"
# Decoded at a time: whoever reads on from there has it already.
_WINDOW_SAMPLES = 60 * 16_000


class Span(msgspec.Struct, frozen=True, array_like=True):
    """A stretch of media time (samples), with the time of day of its first sample (ns since 1970, UTC).

    `sound` lies in the file, `withheld` sound was never kept, a `gap` has its reason, `end` is the recording's own.
    """

    kind: Literal["sound", "withheld", "gap", "end"]
    start: int
    samples: int
    wall_ns: int
    reason: str = ""

    @property
    def end(self) -> int:
        return self.start + self.samples


class SealedPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part: `samples` of media time from `first_sample`; `file` is "" when nothing in it is sound.

    `sha256` is that of the file as it lies on the disk; `chain` that of the chain before, then of this part.
    """

    file: str
    first_sample: int
    samples: int
    sha256: str
    spans: tuple[Span, ...]
    chain: str = ""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of the sealed sound; `complete` once no part is left in the form it was recorded in.

    `drift_ppm` is how much faster than the clock of the machine the device's ran, in millionths; None when unknown.
    """

    version: Literal[1] = 1
    started_at_ns: int | None
    end_sample: int
    parts: tuple[SealedPart, ...] = ()
    complete: bool = False
    drift_ppm: float | None = None

    @property
    def chain(self) -> str:
        """The end of the chain: it stands for all of the sound."""
        return self.parts[-1].chain if self.parts else CHAIN_SEED


def chained(before: str, part: SealedPart) -> str:
    """The chain's value after `part`."""
    import hashlib  # brings OpenSSL along, for which a recorder has no use

    body = msgspec.json.encode(msgspec.structs.replace(part, chain=""))
    return hashlib.sha256(before.encode() + body).hexdigest()


def read_manifest(folder: Path) -> Manifest | None:
    """What was sealed; None before that. Raises JournalDamaged."""
    path = folder / MANIFEST_NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except msgspec.DecodeError as error:
        raise JournalDamaged(path=str(path), reason=N_("it cannot be understood")) from error


class Decoded:
    """What a reader has decoded last, of one sealed part: the bytes of its file, and its sound from `begin` on."""

    def __init__(self) -> None:
        self.part: SealedPart | None = None
        self.data = b""
        self.begin, self.sound = 0, np.empty(0, np.int16)

    def turn_to(self, part: SealedPart, path: Path) -> None:
        """Has the bytes of that part, and none of any other. Raises JournalDamaged, SoundLocked, KeyRefused."""
        if self.part is not part:
            self.data = open_file(path, part.first_sample)
            self.part, self.begin, self.sound = part, 0, np.empty(0, np.int16)


class SealedSound:
    """Reads a sealed part by media time, as `Part` reads one that is not sealed. Raises JournalDamaged, SoundLocked."""

    def __init__(
        self, folder: Path, part: SealedPart, started_at_ns: int | None, decoded: Decoded | None = None
    ) -> None:
        self.path = folder / part.file
        self.header = PartHeader(part.first_sample, started_at_ns or 0)
        self._spans = part.spans
        lengths = (span.samples if span.kind == "sound" else 0 for span in part.spans)
        self._places = list(accumulate(lengths, initial=0))
        self._part, self._cache = part, decoded or Decoded()

    def records_from(self, sample: int) -> Iterator[tuple[int, Record]]:
        """Its spans from the one that holds `sample` on, with their numbers; sound itself is had by `sound`."""
        first = max(0, bisect_right(self._spans, sample, key=lambda span: span.start) - 1)
        while first > 0 and self._spans[first - 1].start == self._spans[first].start:
            first -= 1
        for number in range(first, len(self._spans)):
            yield number, _record_of(self._spans[number])

    def last_good(self) -> tuple[int, Record] | None:
        """The newest span."""
        return (len(self._spans) - 1, _record_of(self._spans[-1])) if self._spans else None

    def sound(self, record: Record, low: int, high: int) -> NDArray[np.int16]:
        """The samples from `low` to `high` (media time) of a span of sound."""
        number = bisect_right(self._spans, record.start, key=lambda span: span.start) - 1
        while self._spans[number].kind != "sound" or self._spans[number].start != record.start:
            number -= 1
        place = self._places[number] + low - record.start
        return self._decoded(place, high - low)

    def _decoded(self, place: int, count: int) -> NDArray[np.int16]:
        cache = self._cache
        cache.turn_to(self._part, self.path)
        if not cache.begin <= place <= place + count <= cache.begin + len(cache.sound):
            try:
                cache.sound = flac.decode(cache.data, place, max(count, _WINDOW_SAMPLES))
            except ValueError as error:
                raise JournalDamaged(path=str(self.path), reason=str(error)) from error
            cache.begin = place
        if place + count > cache.begin + len(cache.sound):
            raise JournalDamaged(path=str(self.path), reason=N_("it is shorter than it was"))
        return cache.sound[place - cache.begin : place - cache.begin + count]


def closed_bytes(data: bytes, cipher: Cipher, first_sample: int) -> bytes:
    """The bytes of a FLAC file as they lie on the disk, encrypted."""
    closed, secret = cipher.close(data, _bound(first_sample))
    return _MAGIC + cipher.key_name + cipher.salt + secret + closed


def open_file(path: Path, first_sample: int) -> bytes:
    """The bytes of a sealed part's FLAC file, decrypted. Raises JournalDamaged, SoundLocked, KeyRefused."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise JournalDamaged(path=str(path), reason=error.strerror or repr(error)) from error
    if not path.name.endswith(ENCRYPTED_SUFFIX):
        return data
    ends = list(accumulate((len(_MAGIC), NAME_BYTES, SALT_BYTES, SECRET_BYTES)))
    name, salt, secret = (data[low:high] for low, high in zip(ends, ends[1:], strict=False))
    opened = None
    if data.startswith(_MAGIC) and len(secret) == SECRET_BYTES:
        opened = cipher_of(name, salt, path).open(data[ends[-1] :], secret, _bound(first_sample))
    if opened is None:
        raise JournalDamaged(path=str(path), reason=N_("it was changed"))
    return opened


def _bound(first_sample: int) -> bytes:
    return _MAGIC + first_sample.to_bytes(8, "little")


_KINDS = {"sound": Kind.AUDIO, "withheld": Kind.AUDIO, "gap": Kind.GAP, "end": Kind.SEAL}


def _record_of(span: Span) -> Record:
    reason = span.reason.encode()
    return Record(_KINDS[span.kind], span.kind == "withheld", span.start, span.samples, span.wall_ns, 0, reason)
