"""What 会议原则同意……由资产处牵头，于三月底前完成 proposes for the form of a decision. Pure; people decide."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.due import find_due

OUTCOMES = ("通过", "原则通过", "修改后通过", "不通过", "暂缓", "听取", "提请上级会议审定")

# The order decides: 不同意 holds 同意, and 原则同意 too.
_SIGNS = (
    ("提请上级会议审定", r"提请|提交.{0,12}(?:审定|审议|研究决定)|报.{0,12}审定"),
    ("暂缓", r"暂缓|暂不|下次.{0,4}再议|再议|搁置"),
    ("不通过", r"不同意|不予通过|不通过|没有通过|否决"),
    ("修改后通过", r"修改.{0,6}后.{0,4}(?:通过|印发|实施|执行)|按.{0,8}意见修改"),
    ("原则通过", r"原则(?:上)?(?:同意|通过)"),
    ("通过", r"同意|通过|没有意见"),
    ("听取", r"听取"),
)
_LEAD = re.compile(r"由\s*(?P<lead>[^，。,、；;\s由]{2,16}?)\s*(?:同志)?\s*(?:牵头|负责|主办|承办|落实|具体)")
# Recognition writes 有 for 由; it then counts where a unit follows and takes the lead.
_LEAD_HEARD = re.compile(
    r"(?<![没所])有\s*(?P<lead>[^，。,、；;\s由有]{1,14}?(?:处|科|股|局|厅|委|办|办公室|中心|部|院|所|组|室))\s*(?:牵头|负责|主办|承办)"
)
_BESIDE = re.compile(r"[，、](?P<units>[^，。；;\s由]{2,30}?)\s*(?:积极|全力)?(?:配合|协助|协办|参与)")
_DECIDED = re.compile(r"会议(?:原则|一致|研究)?(?:上)?(?:同意|决定|认为|要求|明确|强调|指出|听取|通过)")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the form begins with; empty where the sentences say nothing.

    `owner`: a person or a unit; `beside`: who helps.
    """

    outcome: str = ""
    text: str = ""
    owner: str = ""
    beside: str = ""
    due: date | None = None


def propose(sentences: Sequence[str], on: date | None, outcomes: Sequence[str] = OUTCOMES) -> Proposal:
    """Reads the evidence. `on`: the meeting's date; without it no due date is reckoned."""
    text = "".join(sentence.strip() for sentence in sentences)
    named = _DECIDED.search(text)
    lead = _LEAD.search(text) or _LEAD_HEARD.search(text)
    beside = _BESIDE.search(text, lead.end()) if lead else None
    due = find_due(text, on) if on else None
    outcome = next((name for name, sign in _SIGNS if re.search(sign, text)), "")
    return Proposal(
        outcome=outcome if outcome in outcomes else "",
        text=text[named.start() :] if named else text,
        owner=lead["lead"] if lead else "",
        beside=beside["units"] if beside else "",
        due=due.day if due else None,
    )
