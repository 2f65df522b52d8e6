"""How often faults are made: three times wherever the tests run, thirty times by `make soak`."""

import os

import pytest

KILLS_A_MEETING = 3
SOAK_KILLS = int(os.environ.get("SOAK_KILLS", "30"))
"""Fewer where there is less time."""
SOAK_MINUTES = float(os.environ.get("SOAK_MINUTES", "180"))
"""How long the long meeting is."""

KILLS = [pytest.param(KILLS_A_MEETING, id="some"), pytest.param(SOAK_KILLS, id="many", marks=pytest.mark.soak)]

LOST_AT_MOST_S = 1.0
"""What a recorder's death may cost, where nothing else runs on the machine; `make soak` and the report hold it."""
LOADED_S = 10.0
"""The same where other tests compute beside it: it tells that a recorder took over, and not how fast the machine is."""
