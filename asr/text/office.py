"""Words that every office meeting uses, and the phrases in which alone a decoder's homophone of them is put right."""

import re
from dataclasses import dataclass

COMMON_TERMS = tuple(
    "局党组 厅党组 委党组 纪检组 党组会议 办公用房 公务用车 会议纪要 三重一大 督办台账 督办事项 "
    "送审稿 征求意见 党风廉政 民主集中制 一岗双责 政府采购 国有资产 固定资产 贯彻落实 分管领导 "
    "时间节点 工作专班 实施方案 "
    "工作方案 管理职能 分离移交 竣工验收 公开招标 审计整改 巡视整改 保密审查 可行性研究 事业单位 直属单位 牵头单位 "
    "责任单位 配合单位 汇报单位 议定事项 列席人员 会前准备 全程监督 书面报告 廉政风险 编制外人员 年度预算 决算草案 "
    "任务清单 问题清单 责任清单 整改台账".split()
)
"""Of three characters or more: their sound is enough where what stands there makes no sense as it is."""

DECISIONS = ("同意", "通过", "反对", "弃权")
"""What a body decided is never taken from a sound."""

_END = r"(?:$|[，。；、！？：])"
_UNIT_END = r"(?:处|局|办|室|心|委|科|部|厅|院|组|站|馆|校|司|公司|集团|单位|领导|部门|你们|我们)"
_LEADS = rf"{_END}|(?:负责|组织|抓总|会同|落实|办理|制定)(?!的|人)|办公室"
_NTH = r"(?:第[一二三四五六七八九十\d]+个?|[一二两三四五六七八九十几\d]+个)"


@dataclass(frozen=True)
class Phrase:
    """`word` stands between `left` and `right`.

    `heard` are words whose sound is taken for it as well; `even_words`: also where dictionary words stand there.
    """

    word: str
    left: re.Pattern[str]
    right: re.Pattern[str]
    even_words: bool = False
    heard: tuple[str, ...] = ()


def _phrase(word: str, left: str, right: str, *, even_words: bool = False, heard: str = "") -> Phrase:
    return Phrase(word, re.compile(f"(?:{left})$"), re.compile(right), even_words, tuple(heard.split()))


PHRASES = (
    _phrase("牵头", rf"[由请让][^，。；]{{0,24}}{_UNIT_END}", _LEADS, even_words=True, heard="先头"),
    _phrase("牵头", _UNIT_END, _LEADS, heard="先头"),
    _phrase(
        "督办",
        "负责|由[^，。]{1,8}|列入|纳入|加强|跟踪|重点|抓好|办公室|督查室|继续|及时",
        rf"{_END}|台账|事项|落实|检查|通知",
    ),
    _phrase("议题", f"{_NTH}|[这该本各上下]个|围绕|其他|临时|下一个|上一个", r"(?!目)"),
    _phrase("议题", "第[一二三四五六七八九十]个", _END, even_words=True),
    _phrase(
        "汇报",
        "同志|[作做](?:个|了|一个)?|听取[^，。]{0,24}?|情况的?|进展的?|书面|专题|向[^，。]{1,8}",
        rf"{_END}|了|一下|如下",
    ),
    _phrase("汇报", r"(?:^|[，。；！？、请由])[^，。；！？、向对给老]{0,16}同志|[作做]个", _END, even_words=True),
    _phrase(
        "移交", "分离|资产|档案|职能|产权|手续|办理|完成|这次|整体", rf"{_END}|资产|协议|手续|工作|一共|清单|进展"
    ),
    _phrase("审议", "正在|提请|暂缓|提交|上会|集体|继续|再次", rf"{_END}|通过|的?议题|的?事项|决定"),
    _phrase("缓议", r"^|[，。、]|予以|暂时|可以|决定|先", rf"{_END}|一项|[两三二]项|处理"),
    _phrase("处室", "各|相关|有关|其他", rf"{_END}|要|抓|的?意见|负责|都|按|把|配合|主要"),
    _phrase("纪要", "会议|本次|印发|党组会|办公会", rf"{_END}|初稿|要|由|印发|稿|的"),
    _phrase("清查", "共|供|工|全面|开展|进行|资产|资金", r"办公|出|发现|结果|核实|整改|登记|工作|资产|房产|车辆"),
    _phrase(
        "职工", r"[万千百余多\d]户|[万千百余多\d]名|干部|在职|困难|离退休|退休", rf"{_END}|的|住宅|家属|安置|宿舍"
    ),
    _phrase("列席", "请|参加|人员", rf"{_END}|会议|人员|的"),
    _phrase("表决", "举手|投票|进行|开始|集体", rf"{_END}|通过|结果"),
)
