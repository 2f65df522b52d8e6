"""Brings a finished journal into its final form: FLAC files whose sha256 are chained in `sealed.json`.

`python -m asr.sealing FOLDER` does it beside everything else, at low priority. Part by part, what was recorded goes
only after its FLAC file was read back from the disk and found the same, sample by sample, and is entered in
`sealed.json`: killed at any moment, it can be run again. Sound that is to be encrypted never lies on the disk bare.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from asr import flac
from asr.errors import AsrError, JournalDamaged, NotSealable
from asr.journal import JournalReader
from asr.journal_files import alone, refusals, write_whole
from asr.journal_memory import read_erased
from asr.journal_parts import Part, first_sample, opened, part_paths
from asr.journal_records import Kind, Record
from asr.sealed import (
    CHAIN_SEED,
    ENCRYPTED_SUFFIX,
    MANIFEST_NAME,
    PLAIN_SUFFIX,
    Manifest,
    SealedPart,
    SealedSound,
    Span,
    chained,
    closed_bytes,
    read_manifest,
)
from asr.sound_key import new_cipher
from models.refusal import N_

_LOCK_NAME = "sealing.lock"
_NICENESS = 10
# Pieces of sound follow one another by their own clock; more than this off, a new span says its time of day.
_CLOCK_GRAIN_NS = 500_000
_FOREVER = 1 << 62
_SUFFIXES = (".smj", PLAIN_SUFFIX, ENCRYPTED_SUFFIX)


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it was written. `file` is "" for the whole; `first_sample` is where its sound begins.

    `reason` is one of missing, changed (its bytes), damaged (a record cannot be read), chain_broken (what
    `sealed.json` says of it), unreadable (`sealed.json` itself), unexpected (a file that nothing speaks of).
    """

    file: str
    reason: str
    first_sample: int = 0


def manifest_of(folder: Path) -> Manifest | None:
    """What was sealed of a journal; None before that. Raises JournalDamaged."""
    return read_manifest(folder)


def waits_for_sealing(folder: Path) -> bool:
    """Whether a recording is finished and not, or not wholly, in its final form."""
    return bool(part_paths(folder)) and JournalReader(folder).sealed


def seal(folder: Path) -> Manifest:
    """Seals what is not sealed yet.

    Raises NotSealable (still being recorded, withheld sound not erased yet, another process at it, FLAC not the same),
    JournalDamaged, NotWritten, SoundLocked, KeyRefused; what was recorded is then still there.
    """
    if not folder.is_dir():
        raise NotSealable(path=str(folder), reason=N_("there is no such folder"))
    busy = NotSealable(path=str(folder), reason=N_("it is being sealed already"))
    with refusals(folder), alone(folder / _LOCK_NAME, busy):
        manifest = _begun(folder)
        paths = part_paths(folder)
        for number, path in enumerate(paths):
            if path.name not in _names_of(manifest):
                until = first_sample(paths[number + 1]) if number + 1 < len(paths) else _FOREVER
                manifest = _entered(folder, manifest, _sealed_part(folder, path, until, manifest.chain))
            path.unlink()
        if not manifest.complete:
            manifest = msgspec.structs.replace(manifest, complete=True)
            _write(folder, manifest)
    return manifest


def check(folder: Path) -> list[Fault]:
    """What of a journal's files was changed behind its back; empty when nothing was. Needs no key."""
    try:
        manifest = read_manifest(folder)
    except JournalDamaged:
        return [Fault(file=MANIFEST_NAME, reason="unreadable")]
    manifest = manifest or Manifest(started_at_ns=None, end_sample=0)
    entered = {_recorded_name(part): part for part in manifest.parts}
    recorded = [path for path in part_paths(folder) if not manifest.complete and path.name not in entered]
    faults = [*_faults_of_sealed(folder, manifest)]
    for path in recorded:
        faults += _faults_of_recorded(path)
    known = {part.file for part in manifest.parts}
    if not manifest.complete:
        # A part that is just being sealed lies there in both forms.
        known |= {path.stem + suffix for path in part_paths(folder) for suffix in _SUFFIXES}
    faults += [
        Fault(file=path.name, reason="unexpected")
        for path in sorted(folder.glob("part-*"))
        if path.name not in known and path.suffix != ".new"
    ]
    return faults


def has_sound(folder: Path, start: int, end: int) -> bool:
    """Whether any sound of the time from sample `start` to `end` is kept, be it silence. Raises JournalDamaged."""
    return JournalReader(folder).has_sound(start, end)


def _begun(folder: Path) -> Manifest:
    """What an earlier try has reached, or the beginning."""
    reader = JournalReader(folder)
    if not reader.sealed:
        raise NotSealable(path=str(folder), reason=N_("the recording is not finished"))
    if reader.withheld and read_erased(folder).before < reader.end_sample:
        raise NotSealable(path=str(folder), reason=N_("sound that may not be kept is still being recognized"))
    for leftover in folder.glob("*.new"):
        leftover.unlink()
    manifest = read_manifest(folder)
    if manifest is None:
        drift_ppm = reader.drift_ppm
        return Manifest(started_at_ns=reader.started_at_ns, end_sample=reader.end_sample, drift_ppm=drift_ppm)
    # The newest entry's file is trusted as little as any: while its sound is still there, it is made again.
    last = manifest.parts[-1] if manifest.parts else None
    if last and _recorded_name(last) in {path.name for path in part_paths(folder)}:
        if last.file and _fault_of_file(folder / last.file, last.sha256):
            manifest = msgspec.structs.replace(manifest, parts=manifest.parts[:-1])
    return manifest


def _sealed_part(folder: Path, path: Path, until: int, chain: str) -> SealedPart:
    with opened(path) as part:
        spans, sound = _content_of(part, until, folder)
        first = part.header.first_sample
        name, sha256 = "", ""
        if len(sound):
            name, sha256 = _write_sound(folder, first, sound)
        end = spans[-1].end if spans else first
        entry = SealedPart(file=name, first_sample=first, samples=end - first, sha256=sha256, spans=tuple(spans))
        _compare(folder, entry, part, until)
    return msgspec.structs.replace(entry, chain=chained(chain, entry))


def _content_of(part: Part, until: int, folder: Path) -> tuple[list[Span], NDArray[np.int16]]:
    spans: list[Span] = []
    pieces = [np.empty(0, np.int16)]
    lost = read_erased(folder).lost
    for record in _records(part, until):
        if record.kind is Kind.AUDIO and not record.erased:
            if (plain := part.plain(record)) is None:
                continue  # changed since it was written: no sound, and the gap that it leaves is "damaged"
            pieces.append(np.frombuffer(plain.payload, "<i2", record.samples))
        _add_span(spans, record, lost)
    return spans, np.concatenate(pieces)


def _records(part: Part, until: int) -> Iterator[Record]:
    for _, record in part.records_from(0):
        if record.start < until or not record.samples:
            yield record


def _add_span(spans: list[Span], record: Record, lost: tuple[tuple[int, int], ...]) -> None:
    if record.kind is not Kind.AUDIO:
        kind = "gap" if record.kind is Kind.GAP else "end"
        spans.append(Span(kind, record.start, record.samples, record.wall_ns, record.reason))  # type: ignore[arg-type] # one of its words
        return
    kind = "withheld" if record.erased else "sound"
    last = spans[-1] if spans else None
    # Losses keep their bounds: their span is a gap of its own for readers.
    edge = any(record.start in (start, end) for start, end in lost)
    if last is not None and last.kind == kind and last.end == record.start and not edge:
        due_ns = last.wall_ns + last.samples * 62_500
        if abs(record.wall_ns - due_ns) < _CLOCK_GRAIN_NS:
            spans[-1] = msgspec.structs.replace(last, samples=last.samples + record.samples)
            return
    spans.append(Span(kind, record.start, record.samples, record.wall_ns))  # type: ignore[arg-type] # one of its words


def _write_sound(folder: Path, first: int, sound: NDArray[np.int16]) -> tuple[str, str]:
    """Writes a part's file; its name and sha256."""
    data, name = flac.encode(sound), f"part-{first:014d}{PLAIN_SUFFIX}"
    if (cipher := new_cipher()) is not None:
        data, name = closed_bytes(data, cipher, first), f"part-{first:014d}{ENCRYPTED_SUFFIX}"
    write_whole(folder / name, data, durable=True)
    return name, hashlib.sha256(data).hexdigest()


def _compare(folder: Path, entry: SealedPart, part: Part, until: int) -> None:
    """Reads both back from the disk, sample by sample. Raises NotSealable."""
    sealed = SealedSound(folder, entry, part.header.started_at_ns)
    same = not entry.file or _fault_of_file(folder / entry.file, entry.sha256) is None
    for _, span in sealed.records_from(0):
        if not same or span.kind is not Kind.AUDIO or span.erased:
            continue
        same = np.array_equal(sealed.sound(span, span.start, span.end), _recorded(part, span, until))
    if not same:
        raise NotSealable(path=str(folder / entry.file), reason=N_("what was written reads differently"))


def _recorded(part: Part, span: Record, until: int) -> NDArray[np.int16]:
    pieces = [np.empty(0, np.int16)]
    for _, record in part.records_from(span.start):
        if record.start >= min(span.end, until):
            break
        if record.kind is Kind.AUDIO and record.start >= span.start:
            pieces.append(part.sound(record, record.start, record.end))
    return np.concatenate(pieces)


def _entered(folder: Path, manifest: Manifest, part: SealedPart) -> Manifest:
    manifest = msgspec.structs.replace(manifest, parts=(*manifest.parts, part))
    _write(folder, manifest)
    return manifest


def _write(folder: Path, manifest: Manifest) -> None:
    write_whole(folder / MANIFEST_NAME, msgspec.json.encode(manifest), durable=True)


def _names_of(manifest: Manifest) -> set[str]:
    return {_recorded_name(part) for part in manifest.parts}


def _recorded_name(part: SealedPart) -> str:
    return f"part-{part.first_sample:014d}.smj"


def _fault_of_file(path: Path, sha256: str) -> str | None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "missing"
    return None if found == sha256 else "changed"


def _faults_of_sealed(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    chain = CHAIN_SEED
    for part in manifest.parts:
        if part.file and (reason := _fault_of_file(folder / part.file, part.sha256)):
            yield Fault(file=part.file, reason=reason, first_sample=part.first_sample)
        if chained(chain, part) != part.chain:
            yield Fault(file=part.file, reason="chain_broken", first_sample=part.first_sample)
        chain = part.chain


def _faults_of_recorded(path: Path) -> Iterator[Fault]:
    try:
        with opened(path) as part:
            damaged = any(part.record(number) is None for number in range(len(part)))
    except JournalDamaged:
        damaged = True
    if damaged:
        yield Fault(file=path.name, reason="damaged", first_sample=first_sample(path))


def main(argv: list[str]) -> int:
    """The program: returns its exit code."""
    if len(argv) != 1:
        print("python -m asr.sealing FOLDER", file=sys.stderr)
        return 2
    os.nice(_NICENESS)
    try:
        seal(Path(argv[0]))
    except AsrError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
