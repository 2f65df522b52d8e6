"""What a search found, as lines for a terminal: by meeting and item, each passage with where it stands."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ui.locale import _
from ui.words import hit_kind

if TYPE_CHECKING:
    from meeting.memory.opening import Opened
    from search.documents import Group, Hit, Results

_FACETS = ("kind", "body", "unit", "year", "outcome", "due", "owed")
_MOST_OF_FACET = 6


def describe(hit: "Hit") -> list[str]:
    """A hit by itself: where it stands, then the passage with its matches in 【】."""
    alike = _("sounds alike") if hit.sounds_alike else ""
    head = "  ".join(part for part in (hit.date, hit_kind(hit.kind), hit.title, hit.item_title, alike) if part)
    return [head, f"    {marked(hit)}"]


def marked(hit: "Hit") -> str:
    """The passage with its matches in 【】, and who said it."""
    text, done = "", 0
    for start, end in hit.highlights:
        text += hit.text[done:start] + "【" + hit.text[start:end] + "】"
        done = end
    return _one_line((f"{hit.speaker}：" if hit.speaker else "") + text + hit.text[done:])


def by_meeting(results: "Results") -> Iterator[tuple[str, "Hit | None"]]:
    """Lines of the results by meeting and item, each passage's with its hit."""
    for group in results.groups:
        yield _heading(group), None
        for item in group.items:
            if item.item_title:
                yield (
                    f"  {item.item}  {item.item_title}" if item.item is not None else f"  {item.item_title}",
                    None,
                )
            for place in item.hits:
                hit = results.hits[place]
                told = (hit_kind(hit.kind), hit.outcome, _due(hit), moment(hit.start_ms), *_alike(hit))
                yield f"    [{'  '.join(one for one in told if one)}] {marked(hit)}", hit


def facet_lines(facets: dict[str, dict[str, int]]) -> list[str]:
    """The counts by which a search can be narrowed, where there is more than one value."""
    names = {
        "kind": _("kind"),
        "body": _("body"),
        "unit": _("unit"),
        "year": _("year"),
        "outcome": _("outcome"),
        "due": _("due"),
        "owed": _("to be done"),
    }
    lines = []
    for facet in _FACETS:
        counts = facets.get(facet, {})
        if len(counts) > 1:
            values = [f"{_value(facet, name)} {n}" for name, n in counts.items()]
            lines.append(f"{names[facet]}: " + "  ".join(values[:_MOST_OF_FACET]))
    return lines


def _value(facet: str, name: str) -> str:
    states = {"open": _("open"), "done": _("done")}
    return hit_kind(name) if facet == "kind" else states[name] if facet == "owed" else name


def opened_lines(opened: "Opened", *, with_heading: bool = True) -> Iterator[str]:
    """A passage where it stands: its document, then the lines round it, itself marked with ▶."""
    if with_heading:
        told = (opened.date, hit_kind(opened.kind), opened.title, opened.outcome)
        yield "  ".join(one for one in told if one)
        if opened.path:
            yield f"  {opened.path}"
    if opened.before:
        yield "  …"
    title = ""
    for passage in opened.passages:
        if passage.item_title and passage.item_title != title:
            title = passage.item_title
            yield f"  {title}"
        speaker = f"{passage.speaker}：" if passage.speaker else ""
        time = moment(passage.start_ms)
        yield f"  {'▶' if passage.here else ' '} {f'{time} ' if time else ''}{speaker}{_one_line(passage.text)}"
    if opened.after:
        yield "  …"


def moment(start_ms: int | None) -> str:
    """Where in the sound something is said: 0:12:05."""
    if start_ms is None:
        return ""
    seconds = start_ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _due(hit: "Hit") -> str:
    """Until when what a decision gives to do is to be done."""
    days = sorted({one.due for one in hit.owed if one.due and one.state != "done"})
    return _("due {days}").format(days=_(", ").join(days)) if days and hit.kind == "decision" else ""


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())


def _heading(group: "Group") -> str:
    return "  ".join(one for one in (group.date, group.title, group.meeting_id or group.source or "") if one)


def _alike(hit: "Hit") -> list[str]:
    return [_("sounds alike")] if hit.sounds_alike else []
