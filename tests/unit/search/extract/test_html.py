from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from search.extract.html import html_lines, markdown_lines
from search.extract.reading import extract_content

PAGE = """<!DOCTYPE html><html><head><meta charset="gb2312"><title>标题栏</title><style>p{}</style></head><body>
<h1>馆务会议纪要</h1><p>时间：2024年<b>9月</b>12日<br>地点：三楼&nbsp;会议室</p><script>alert("不见")</script>
<table><tr><th>序号</th><td>事项</td></tr><tr><td>1</td><td>买买提·艾力 &lt;𠮷&gt;</td></tr></table>
<pre>一、研究档案
会议同意。</pre></body></html>"""
LINES = (
    *("馆务会议纪要", "时间：2024年9月12日", "地点：三楼 会议室", "序号 事项", "1 买买提·艾力 <𠮷>"),
    *("一、研究档案", "会议同意。"),
)


def test_a_page_gives_the_lines_that_are_seen() -> None:
    assert html_lines(PAGE) == LINES


def test_a_page_is_read_in_the_encoding_that_it_names() -> None:
    found = extract_content(PAGE.encode("gb18030"), Path("纪要.html"))
    assert (found.kind, found.date, found.paragraphs) == ("minutes", "2024-09-12", LINES)
    big5 = '<html><meta charset="big5"><p>會議紀要</p></html>'.encode("big5")
    assert extract_content(big5, Path("a.htm")).paragraphs == ("會議紀要",)


def test_a_head_or_script_left_open_hides_only_itself() -> None:
    assert html_lines("<head><title>x</title><p>正文") == ("正文",)
    assert html_lines("<p>正文<script>if (a<b)") == ("正文",)


def test_deep_nesting_is_no_trouble() -> None:
    assert html_lines("<div>" * 50_000 + "底") == ("底",)


def test_markdown_gives_its_words_and_keeps_written_numbers() -> None:
    text = (
        "# 馆务会议纪要\n时间：2024年9月12日\n地点：三楼\n\n1. 研究**车辆**\n2. 研究`节能`\n\n"
        "| 序号 | 事项 |\n|--|--|\n| 1 | 甲 |\n"
    )
    assert markdown_lines(text) == (
        *("馆务会议纪要", "时间：2024年9月12日", "地点：三楼", "1. 研究车辆", "2. 研究节能", "序号 事项", "1 甲"),
    )


@given(st.text(alphabet="<>/abp\"'=!- 会&;#x\n[]*_`|1.", max_size=200))
def test_no_page_is_refused_by_the_parser(text: str) -> None:
    assert all(html_lines(text) + markdown_lines(text))
