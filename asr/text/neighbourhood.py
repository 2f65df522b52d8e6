"""What stands around a stretch of text that may be a name: units, titles, bodies, who is asked and to do what."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asr.text.spans import is_common_word, tagged

_TITLES = (
    "副?(?:局长|处长|厅长|科长|部长|院长|校长|所长|市长|省长|州长|县长|区长|镇长|乡长|馆长|站长|队长|司长|行长|台长|社长|会长)"
    "|副?(?:主任|书记|主席|组长|秘书长|总经理|董事长|经理|总监|巡视员|调研员|检察长|总工程师|总会计师|主编)"
)
_REPORT = "(?:汇报|会报)(?!材料|稿|提纲|会|人|内容|单位|情况)|介绍|说明(?!书)"
_SPEECH = (
    f"(?:(?P<report>{_REPORT})|通报|宣读|来?讲(?!话稿|究|座)话?|来?说(?!法|明)|来(?=$|，|。)"
    "|发言|补充|谈|先来|解释|回答)(?P<told>[的得过])?"
)
"""What is said of somebody who is given the word; 讲的 and 说过 tell of somebody, who may be anywhere."""
_RIGHT = re.compile(
    rf"(?:，(?=同志(?!们)))?(?P<title>(?:{_TITLES})(?!办公|会议))?(?P<comrade>同志)?(?P<rest>[，、]?(?:你|您)?(?:先|再|来|也|给大家|代表.{{1,8}}?)?"
    rf"(?:[作做](?:个|了|一个)?)?(?P<speech>{_SPEECH}))?"
)
_RUNS_ON = re.compile(rf".(?:{_TITLES}|同志)")
_BODIES = (
    "政府|党委|法院|企业|银行|公司|集团|中心|社区|街道|单位|协会|学会|商会|联合会|基金会|居委会|村委会|管委会|支部|党组|报社"
    "|[委厅局署院部办所站处科室队厂矿行组馆台店园校系庭社]|[省市县区州盟旗镇乡村]里?"
)
_ROLES = (
    "上级|对方|甲方|乙方|隔壁|代表|群众|村民|居民|市民|业主|职工|员工|工人|学生|同学|家属|律师|教授|博士|院士|专家|学者|记者|医生|大夫|教师|老师"
    "|工程师|设计师|会计师|顾问|老板|股东|法人|负责人|联系人|经办人|申请人|被告人?|原告|证人|当事人|嫌疑人|信访人|上访人"
    "|烈士|模范|书记员|法官|检察官|警官|民警|委员|市民|用户|客户|商户|农户|租户|住户"
)
_DONE_TO = "判决|判处|起诉|状告|控告|举报|投诉|逮捕|拘留|采访|慰问|上访|接访|查处|学习"
_UNLISTED = re.compile(
    rf"(?P<unit>[\u4e00-\u9fff]{{0,12}}?(?:{_BODIES}|{_ROLES}|{_DONE_TO}))(?:[了过]|新?[来派]|派来|派出|推荐|聘请|方面|那边|这边)?的?"
    rf"(?:那位|这位|一位|原|前|常务|副?总师|{_ROLES}|{_TITLES}){{0,2}}$"
)
_TOLD_OF = re.compile(
    rf"(?:{_TITLES})?(?:同志)?的?(?P<unit>等人|一案|学习|先进|事迹|败诉|胜诉|上诉|起诉|被判|被告|家属|遗属|逝世|去世)"
)
"""What is said of people whom a meeting hears of, not of those in the room."""
_HOME = re.compile(
    r"(?:^|[^\u4e00-\u9fff]|请|由|让|欢迎)(?:我们?|咱们?|本)?(?:局|厅|委|办|院|部|处|科|室|中心|单位|机关)$"
)
"""The office whose meeting it is, as its own people call it."""
_DESCRIBED = re.compile(r"[请由让](?P<words>[\u4e00-\u9fff]{2,12}?)的?$")
_OWN_WORDS = frozenset(
    "大家 我们 咱们 各位 领导 同志 同志们 现在 首先 最后 继续 再次 一起 分别 下面 接着 听取".split()
)
_ASKS = re.compile("请|由|让|欢迎|下面|最后|首先|接着|现在|听取")
_AWAY = re.compile(
    rf"(?:{_TITLES})?(?:同志)?(?:因[^，。！？]{{1,6}}?|今天|今日|已经?|临时|有事|出差|生病|向会议)*(?:请假|缺席)"
)
_SELF = re.compile(r"(?:^|[，。！？、])(?:大家好|各位领导)?我(?:是|叫)$")


@dataclass(frozen=True, kw_only=True)
class Around:
    """What stands beside a stretch: units, titles, 同志 (2 as written, 1.5 by its sound), and the rest.

    `unlisted` is text before it that ends in a body, or in what somebody is, that nobody listed.
    """

    unit: str = ""
    unlisted: str = ""
    title: str = ""
    title_after: bool = False
    called_later: bool = False
    comrade: float = 0.0
    asked: bool = False
    speaks: bool = False
    told: bool = False
    reports: bool = False
    away: bool = False
    of_self: bool = False
    beside: bool = False

    @property
    def turns_to(self) -> bool:
        """Whether somebody in the room is given, or takes, the word."""
        return self.speaks and not self.told and (self.asked or self.comrade > 0)


class Neighbourhood:
    """Reads what stands around a name, knowing the units and the people of one meeting."""

    def __init__(self, units: Iterable[str], names: Iterable[str]) -> None:
        known = sorted({unit for unit in units if unit}, key=lambda unit: (-len(unit), unit))
        unit = "|".join(map(re.escape, known)) or "(?!)"
        listed = "|".join(map(re.escape, sorted(set(names)))) or "(?!)"
        self._left = re.compile(rf"(?P<ask>请|由|让|欢迎)?(?P<unit>{unit})?的?(?P<title>{_TITLES})?$")
        self._by = re.compile(
            rf"(?:(?<![^，。；、])|(?<=建议|决定|同意|要求))[有游尤油友](?=(?:{unit})(?:[^，。]{{2,4}}同志)?(?:牵头|负责|督办|承办|主办)(?!的|人))"
        )
        self._before = re.compile(rf"(?:{listed})(?:同志|{_TITLES})?[、和]$")
        self._after = re.compile(rf"(?:同志|{_TITLES})?[、和](?:{listed})")

    def by_whom(self, text: str) -> Iterator[int]:
        """Where a homophone of 由 stands before the unit that is to do something."""
        return (found.start() for found in self._by.finditer(text))

    def around(self, text: str, start: int, end: int, comrade_by_sound: bool) -> Around:
        """Looks to both sides of [start, end) in code points; punctuation is looked across, never matched."""
        before, after = text[max(0, start - 24) : start], text[end : end + 24]
        found = self._left.search(before)
        left = _groups(found)
        if found and "unit" in left:
            before_unit = before[: found.start()] if "ask" not in left else ""
            unlisted = _unlisted(before_unit) and _unlisted(before_unit) + left["unit"]
        else:
            unlisted = _unlisted(before) or _described(before[: found.start()] if found else before)
        right = _groups(_RIGHT.match(after[2:] if comrade_by_sound else after))
        comrade = 0.0
        if comrade_by_sound:
            comrade = 2.0 if after.startswith("同志") else 1.5
        return Around(
            unit=left.get("unit", ""),
            unlisted=unlisted or _groups(_TOLD_OF.match(after)).get("unit", ""),
            title=right.get("title", "") or left.get("title", ""),
            title_after="title" in right,
            called_later=_RUNS_ON.match(after) is not None,
            comrade=comrade or (2.0 if "comrade" in right else 0.0),
            asked="ask" in left,
            speaks="speech" in right,
            told="told" in right,
            reports="report" in right and "told" not in right,
            away=_AWAY.match(after) is not None,
            of_self=_SELF.search(before) is not None,
            beside=self._before.search(before) is not None or self._after.match(after) is not None,
        )


def _described(before: str) -> str:
    """The words that say who is asked, where they are words at all and none that a meeting has for its own."""
    asked = _DESCRIBED.search(before)
    if not asked:
        return ""
    last, _ = tagged(asked["words"])[-1]
    return asked["words"] if last not in _OWN_WORDS and len(last) > 1 and is_common_word(last) else ""


def ends_in_body(text: str) -> bool:
    """Whether a text ends in a body or in what somebody is."""
    return _UNLISTED.search(text) is not None


def _unlisted(before: str) -> str:
    """The body or the role that a text ends in, from where somebody is asked."""
    said = _groups(_UNLISTED.search(_ASKS.split(before)[-1])).get("unit", "")
    return "" if _HOME.search(said) else said


def _groups(found: re.Match[str] | None) -> dict[str, str]:
    return {name: text for name, text in found.groupdict().items() if text} if found else {}
