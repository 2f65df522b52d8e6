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
VERSION = 1

_MAGIC = b"SMJRNL\r\n"
# magic, version, 3 spare, rate, samples a record, spare, first sample, audio start; 20 spare (a key's id, say); crc.
_PART = struct.Struct("<8sB3xIIIQq20xI")
# kind, flags, 2 spare, crc, first sample, samples, wall clock, source position; 32 spare (a cipher's nonce and tag).
_RECORD = struct.Struct("<BB2xIQQqq32x")
_CRC_OFFSET = 4

PART_BYTES = _PART.size
HEADER_BYTES = _RECORD.size
RECORD_BYTES = HEADER_BYTES + PAYLOAD_BYTES


class Kind(IntEnum):
    """What a record stands for."""

    AUDIO = 1
    GAP = 2
    SEAL = 3


class PartHeader(NamedTuple):
    """Where a part begins in media time, and the wall clock (ns since 1970, UTC) at media time 0."""

    first_sample: int
    started_at_ns: int


class Record(NamedTuple):
    """A stretch of media time.

    `start` and `samples` are in samples of media time; `wall_ns` is the time of day at `start`; `source_end` is how
    many samples of the source (a file) were used up at its end; `payload` is int16 little-endian sound, or a reason
    in UTF-8.
    """

    kind: Kind
    erased: bool
    start: int
    samples: int
    wall_ns: int
    source_end: int
    payload: bytes

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
    body = _PART.pack(_MAGIC, VERSION, RATE_HZ, RECORD_SAMPLES, 0, header.first_sample, header.started_at_ns, 0)[
        :-4
    ]
    return body + struct.pack("<I", zlib.crc32(body))


def unpack_part(data: bytes) -> PartHeader | None:
    """The header, or None when these are not the first bytes of a part that this version can read."""
    if (
        len(data) < PART_BYTES
        or zlib.crc32(data[: PART_BYTES - 4]) != struct.unpack_from("<I", data, PART_BYTES - 4)[0]
    ):
        return None
    magic, version, rate_hz, record_samples, _, first_sample, started_at_ns, _ = _PART.unpack_from(data)
    if (magic, version, rate_hz, record_samples) != (_MAGIC, VERSION, RATE_HZ, RECORD_SAMPLES):
        return None
    return PartHeader(first_sample, started_at_ns)


def pack_record(record: Record) -> bytes:
    """The `RECORD_BYTES` of one record; a short payload is padded with zeros, an over-long reason is cut."""
    payload = record.payload[:PAYLOAD_BYTES].ljust(PAYLOAD_BYTES, b"\0")
    head = bytearray(
        _RECORD.pack(
            record.kind, int(record.erased), 0, record.start, record.samples, record.wall_ns, record.source_end
        )
    )
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
    kind, erased, _, start, samples, wall_ns, source_end = _RECORD.unpack(head)
    if kind not in Kind.__members__.values():
        return None
    return Record(Kind(kind), bool(erased), start, samples, wall_ns, source_end, payload)
