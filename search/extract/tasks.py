"""Who owes what by when, as minutes say it: 由资产处牵头，物业中心配合，于2026年4月30日前完成移交."""

import re
from collections.abc import Sequence
from datetime import date

import msgspec

from models.due import Due, dues_in
from search.extract.passages import sentences

_SUFFIX = "办公室|委员会|中心|公司|学院|大队|支队|[处局科室部组委院馆所司队站课系厅办]"
_UNIT = rf"[\u3400-\u9fff]{{1,16}}?(?:{_SUFFIX})"
_UNITS = rf"{_UNIT}(?:[、和及与]{_UNIT})*"
# A unit ends where what it does begins.
_DOES = (
    "(?=牵头|负责|会同|起草|具体|按|抓|尽快|组织|于|在|每|制定|拟|研究|统筹|落实|报|向|提出|完成|对|将|根据|另行|"
    "做好|进一步|继续|协助|配合|承办|承担|要|应|[0-9]|[，,])"
)
_LEADS = re.compile(
    rf"(?:由|责成|(?:会议)?(?:要求|明确|决定|议定|强调)[，,]?(?:由|请)?|(?:^|[，,；;])(?:[（(]?[\d一二三四五六七八九十]{{1,3}}[）)]?[.．、]?\s*)?请)(?P<lead>{_UNITS}){_DOES}"
)
_SUPPORTING = re.compile(rf"[，,](?:由)?(?P<units>{_UNITS})(?:予以|积极|密切)?(?:配合|协助|协同)")
_TOGETHER = re.compile(rf"会同(?P<units>{_UNITS}){_DOES}")

_VAGUE = re.compile(r"旬|月份?的?中")

_LEAD_HEADS = re.compile(r"^(?:牵头|责任|承办|主办|负责)(?:单位|处室|部门|科室)?$")
_DUE_HEADS = re.compile(r"^(?:完成|办理)?(?:时限|期限|时间)$")
_TASK_HEADS = re.compile(r"^(?:议定事项|任务|工作任务|事项|督办事项|任务内容|工作内容)$")


class MinutesTask(msgspec.Struct, frozen=True, kw_only=True):
    """Something that somebody has to do. `due` is ISO 8601, empty where none is stated or it cannot be told for sure;
    then `stated` has how the text puts it. `item` is the number of its item, None outside of the items."""

    text: str
    lead: str = ""
    supporting: tuple[str, ...] = ()
    due: str = ""
    stated: str = ""
    item: int | None = None


def tasks_in(paragraphs: Sequence[str], held: str, item: int | None = None) -> list[MinutesTask]:
    """The sentences that give somebody something to do. `held` is the day of the meeting, ISO 8601 or empty."""
    found = []
    for paragraph in paragraphs:
        for sentence in sentences(paragraph):
            lead = _LEADS.search(sentence)
            due, stated = due_in(sentence, held)
            if lead and (due or stated or _binding(sentence)):
                found.append(
                    MinutesTask(
                        text=sentence.strip(),
                        lead=lead["lead"],
                        supporting=_supporting(sentence, lead["lead"]),
                        due=due,
                        stated="" if due else stated,
                        item=item,
                    )
                )
    return found


def tasks_of_table(lines: Sequence[str], held: str) -> list[MinutesTask]:
    """The rows of a table of tasks (议定事项任务分解表), whose cells are parted by white space."""
    found: list[MinutesTask] = []
    heads: list[str] = []
    for line in lines:
        cells = line.split("\t") if "\t" in line else line.split()
        if columns := _columns(cells):
            heads = columns
            continue
        if not heads or len(cells) < heads.index("due") + 1:
            heads = []
            continue
        row = dict(zip(heads, cells, strict=False))
        due, stated = due_in(row["due"] + "前", held)
        if not due and not stated:
            heads = []
            continue
        lead, *others = re.split(r"[、，,和]", row["lead"])
        found.append(
            MinutesTask(
                text=row.get("task", line).strip(),
                lead=lead.strip(),
                supporting=tuple(other.strip() for other in others),
                due=due,
                stated="" if due else row["due"],
            )
        )
    return found


def due_in(sentence: str, held: str) -> tuple[str, str]:
    """The day by which something is to be done, ISO 8601, and how the sentence puts it; both empty where it does not.

    A day without its year is the next one after the meeting. What only counts from another day (一个月内), or is no
    day by itself (四月中旬前), has none: from when minutes count is for a person to say.
    """
    limits = [due for due in dues_in(sentence, _day(held)) if due.limit]
    sure = [
        due for due in limits if due.fixed and due.day is not None and not _VAGUE.search(_words(sentence, due))
    ]
    for due in (*sure, *limits):
        return (due.day.isoformat() if due in sure and due.day else ""), _words(sentence, due)
    return "", ""


def _words(sentence: str, due: Due) -> str:
    return sentence[due.start : due.end]


def _binding(sentence: str) -> bool:
    return any(word in sentence for word in ("牵头", "负责", "责成", "承办", "起草"))


def _supporting(sentence: str, lead: str) -> tuple[str, ...]:
    units = [match["units"] for match in (_SUPPORTING.search(sentence), _TOGETHER.search(sentence)) if match]
    apart = [unit for some in units for unit in re.split(r"[、和及与]", some)]
    return tuple(unit for unit in dict.fromkeys(apart) if unit != lead)


def _columns(cells: Sequence[str]) -> list[str]:
    """What each column of a table's head is, when it says who and by when."""
    names = []
    for cell in (one.strip() for one in cells):
        kinds = (("lead", _LEAD_HEADS), ("due", _DUE_HEADS), ("task", _TASK_HEADS))
        names.append(next((name for name, pattern in kinds if pattern.match(cell)), cell))
    return names if "lead" in names and "due" in names else []


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
