"""How long a token lasts, as a person writes it: 30m, 8h, 7d."""

import re
from datetime import timedelta

from meeting.access.errors import LifetimeUnfit

_FORM = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def lifetime(given: str) -> timedelta:
    """The length of time. Raises LifetimeUnfit."""
    found = _FORM.fullmatch(given.strip().lower())
    if found is None:
        raise LifetimeUnfit(given=given)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
