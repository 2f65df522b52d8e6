import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.unit.ui.console_script import answer, demo
from ui.console.picture import picture, with_wide_characters


@pytest.mark.parametrize("size", [(80, 24), (110, 32), (300, 80)])
async def test_a_picture_is_drawn_by_the_running_console(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEETING_LANG", "en")
    path = tmp_path / "console.svg"
    await picture(demo(), size, path, answer)
    root = ElementTree.parse(path).getroot()
    shown = "".join("".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "录音保存在哪里" in shown and "全部保存在本机" in shown
    assert "\N{NO-BREAK SPACE}".join(["●", "recording"]) in shown


def test_chinese_in_a_picture_takes_two_cells_each() -> None:
    drawn = with_wide_characters('<text class="r1" x="10" y="20" textLength="40" clip-path="c">议题1&#160;</text>')
    wide, narrow = re.findall(r"<text [^>]*>[^<]*</text>", drawn)
    assert 'x="10 30"' in wide and "议题" in wide
    assert (
        'x="50"' in narrow
        and 'textLength="20"' in narrow
        and unescape(narrow).endswith("1\N{NO-BREAK SPACE}</text>")
    )


def test_a_picture_without_wide_characters_stays_as_it_is() -> None:
    plain = '<text class="r1" x="10" y="20" textLength="30" clip-path="c">abc</text>'
    assert with_wide_characters(plain) == plain
