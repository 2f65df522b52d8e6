"""The audio journal's bytes: part headers and fixed-size records, packed and unpacked without touching a file.

A part is one header and then records of `RECORD_BYTES` each, so record n lies at a known place. A record carries its
own position, time of day and checksum: it is understood alone, and a torn one is recognised.
"""

import struct
import zlib
from enum import IntEnum
from typing import NamedTuple

RATE_HZ = 16_000
NS_PER_SAMPLE = 1_000_000_000 // RATE_HZ
RECORD_SAMPLES = 1_600
PAYLOAD_BYTES = 2 * RECORD_SAMPLES
# Version 2 is a part whose sound is encrypted; in all else it is like version 1.
VERSION, VERSION_ENCRYPTED = 1, 2

_MAGIC = b"SMJRNL\r\n"
# magic, version, 3 spare, rate, samples a record, spare, first sample, audio start, key's name, key's salt; crc.
_PART = struct.Struct("<8sB3xIIIQq4s16sI")
# kind, flags, 2 spare, crc, first sample, samples, wall clock, source position, cipher's nonce and tag; 4 spare.
_RECORD = struct.Struct("<BB2xIQQqq28s4x")
_BOUND = struct.Struct("<BQQqq")
_CRC_OFFSET = 4
_ERASED, _ENCRYPTED = 1, 2

PART_BYTES = _PART.size
HEADER_BYTES = _RECORD.size
RECORD_BYTES = HEADER_BYTES + PAYLOAD_BYTES


class Kind(IntEnum):
    """What a record stands for."""

    AUDIO = 1
    GAP = 2
    SEAL = 3


class PartHeader(NamedTuple):
    """Where a part begins in media time, and the wall clock (ns since 1970, UTC) at media time 0.

    An encrypted part has the name of its key and the salt of its own cipher, else both are empty.
    """

    first_sample: int
    started_at_ns: int
    key_name: bytes = b""
    salt: bytes = b""


class Record(NamedTuple):
    """A stretch of media time.

    `start` and `samples` are in samples of media time; `wall_ns` is the time of day at `start`; `source_end` is how
    many samples of the source (a file) were used up at its end; `payload` is int16 little-endian sound, or a reason
    in UTF-8. `secret` is the nonce and tag of a payload that is encrypted, else empty.
    """

    kind: Kind
    erased: bool
    start: int
    samples: int
    wall_ns: int
    source_end: int
    payload: bytes
    secret: bytes = b""

    @property
    def bound(self) -> bytes:
        """What an encrypted payload is bound to: it counts at no other place in time."""
        return _BOUND.pack(self.kind, self.start, self.samples, self.wall_ns, self.source_end)

    @property
    def end(self) -> int:
        """The first sample after this record."""
        return self.start + self.samples

    @property
    def reason(self) -> str:
        """Why there is no sound (gap), or why the recording ended (seal)."""
        return self.payload.rstrip(b"\0").decode("utf-8", "replace")


def part_name(first_sample: int) -> str:
    """The file name of the part that begins at `first_sample`."""
    return f"part-{first_sample:014d}.smj"


def pack_part(header: PartHeader) -> bytes:
    """The first `PART_BYTES` of a part file."""
    version = VERSION_ENCRYPTED if header.key_name else VERSION
    fields = (version, RATE_HZ, RECORD_SAMPLES, 0, header.first_sample, header.started_at_ns)
    body = _PART.pack(_MAGIC, *fields, header.key_name, header.salt, 0)[:-4]
    return body + struct.pack("<I", zlib.crc32(body))


def unpack_part(data: bytes) -> PartHeader | None:
    """The header, or None when these are not the first bytes of a part that this version can read."""
    if (
        len(data) < PART_BYTES
        or zlib.crc32(data[: PART_BYTES - 4]) != struct.unpack_from("<I", data, PART_BYTES - 4)[0]
    ):
        return None
    magic, version, rate_hz, record_samples, _, first_sample, started_at_ns, key_name, salt, _ = _PART.unpack_from(
        data
    )
    if (magic, rate_hz, record_samples) != (_MAGIC, RATE_HZ, RECORD_SAMPLES):
        return None
    if version == VERSION:
        return PartHeader(first_sample, started_at_ns)
    return PartHeader(first_sample, started_at_ns, key_name, salt) if version == VERSION_ENCRYPTED else None


def pack_record(record: Record) -> bytes:
    """The `RECORD_BYTES` of one record; a short payload is padded with zeros, an over-long reason is cut."""
    payload = record.payload[:PAYLOAD_BYTES].ljust(PAYLOAD_BYTES, b"\0")
    flags = _ERASED * record.erased | _ENCRYPTED * bool(record.secret)
    fields = (record.start, record.samples, record.wall_ns, record.source_end, record.secret)
    head = bytearray(_RECORD.pack(record.kind, flags, 0, *fields))
    struct.pack_into("<I", head, _CRC_OFFSET, zlib.crc32(payload, zlib.crc32(head)))
    return bytes(head) + payload


def unpack_record(data: bytes) -> Record | None:
    """The record, or None when it is torn or damaged."""
    if len(data) != RECORD_BYTES:
        return None
    head = bytearray(data[:HEADER_BYTES])
    (crc,) = struct.unpack_from("<I", head, _CRC_OFFSET)
    struct.pack_into("<I", head, _CRC_OFFSET, 0)
    payload = data[HEADER_BYTES:]
    if zlib.crc32(payload, zlib.crc32(head)) != crc:
        return None
    kind, flags, _, start, samples, wall_ns, source_end, secret = _RECORD.unpack(head)
    if kind not in Kind.__members__.values():
        return None
    secret = secret if flags & _ENCRYPTED else b""
    return Record(Kind(kind), bool(flags & _ERASED), start, samples, wall_ns, source_end, payload, secret)
