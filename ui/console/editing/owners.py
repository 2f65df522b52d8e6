"""Who is to do something, typed into one field: a unit that leads, units beside it, and people."""

import re
from collections.abc import Collection
from dataclasses import dataclass

_BETWEEN = re.compile(r"\s*[、，,；;／/]\s*|(?<=[㐀-鿿])\s+|\s+(?=[㐀-鿿])")
_UNIT_ENDS = re.compile(
    r"(?:处|局|厅|办|委|部|科|室|所|站|队|组|院|馆|校|中心|单位|机关|政府|公司|集团|银行|分行|支行"
    r"|街道|乡镇|委员会|协会|工会|学会|商会|专班|报社|联社|企业|妇联|残联)$"
)
_SHORT_UNITS = re.compile(
    r"[省市县区州局厅党团政军我本各两法检财发外纪组宣统公][处局厅办委部科室院组校]|机关|工会|妇联|银行"
)
_TITLES = re.compile(r"(?:同志|先生|女士)$")


@dataclass(frozen=True, slots=True)
class Owners:
    """The first unit leads, other units support it; people are named together, 、 between them."""

    lead_unit: str = ""
    supporting_units: tuple[str, ...] = ()
    owner: str = ""

    @property
    def typed(self) -> str:
        """As it is read again."""
        return "、".join(filter(None, (self.lead_unit, *self.supporting_units, self.owner)))


def read_owners(text: str, people: Collection[str] = (), units: Collection[str] = ()) -> Owners:
    """Tells units from people: by the names that the meeting knows, else by how a unit's name ends."""
    named = [_TITLES.sub("", one) for one in _BETWEEN.split(text.strip()) if one]
    found = [one for one in dict.fromkeys(named) if one and one not in people and (one in units or _is_unit(one))]
    persons = [one for one in dict.fromkeys(named) if one and one not in found]
    return Owners(lead_unit=found[0] if found else "", supporting_units=tuple(found[1:]), owner="、".join(persons))


def _is_unit(name: str) -> bool:
    # 王处 and 李局 are people: of two characters only the known kinds are units.
    return bool(_UNIT_ENDS.search(name) if len(name) > 2 else _SHORT_UNITS.fullmatch(name))
