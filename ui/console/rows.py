"""The rows of the record in their order: the newest revision of each sentence, and the gaps between them. Pure."""

from bisect import bisect_left

from meeting.domain.events import Gap, Segment

Row = Segment | Gap
Key = tuple[int, int, int, str]


def row_key(row: Row) -> Key:
    """The place of a row in the record: by time; the id only makes the order total."""
    if isinstance(row, Gap):
        return (row.start_ms, row.end_ms, 1, row.reason)
    return (row.start_ms, row.end_ms, 0, row.segment_id)


class Rows:
    """All rows, and how many sentences have no speaker. Each change tells the first row that is not as it was."""

    def __init__(self) -> None:
        self.all: list[Row] = []
        self.unlabelled = 0
        self._keys: list[Key] = []
        self._segments: dict[str, Segment] = {}

    def knows(self, segment_id: str) -> bool:
        """Whether any revision of a segment has come, be it one that removed it."""
        return segment_id in self._segments

    def segment(self, segment_id: str | None) -> Segment | None:
        """The newest revision of a segment; None when it is unknown or was removed."""
        found = self._segments.get(segment_id or "")
        return found if found is not None and found.text else None

    def place_of(self, segment_id: str | None) -> int | None:
        """The row in which a segment stands now."""
        found = self.segment(segment_id)
        return bisect_left(self._keys, row_key(found)) if found else None

    def last_item_id(self) -> str | None:
        """The item of the newest sentence."""
        return next((row.item_id for row in reversed(self.all) if isinstance(row, Segment)), None)

    def take(self, segment: Segment) -> int | None:
        """Puts a revision in the place of the one before; None when it is an older one, or nothing stood there."""
        known = self._segments.get(segment.segment_id)
        if known is not None and (known.rev, known.seq) >= (segment.rev, segment.seq):
            return None
        self._segments[segment.segment_id] = segment
        changed = []
        if known is not None and known.text:
            changed.append(self._drop(known))
        if segment.text:
            changed.append(self.put(segment))
        self.unlabelled += _lacks_name(segment) - (known is not None and _lacks_name(known))
        return min(changed, default=None)

    def put(self, row: Row) -> int:
        """Puts a row in its place, once."""
        key = row_key(row)
        index = len(self.all) if not self._keys or key > self._keys[-1] else bisect_left(self._keys, key)
        if index < len(self._keys) and self._keys[index] == key:
            return index
        self._keys.insert(index, key)
        self.all.insert(index, row)
        return index

    def _drop(self, row: Row) -> int:
        index = bisect_left(self._keys, row_key(row))
        del self._keys[index], self.all[index]
        return index


def _lacks_name(segment: Segment) -> bool:
    return bool(segment.text) and not segment.speaker
