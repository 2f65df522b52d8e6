"""The backend for one machine keeps to the contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.backend import SearchBackend
from search.index import SearchIndex
from tests.unit.search.backend_contract import BackendContract


class TestWhoosh(BackendContract):
    @pytest.fixture
    def backend(self, tmp_path: Path) -> Iterator[SearchBackend]:
        with SearchIndex.open(tmp_path) as index:
            yield index
