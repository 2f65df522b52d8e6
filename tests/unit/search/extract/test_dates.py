import pytest

from search.extract.dates import document_date, first_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("时间：2025年11月17日上午9时", "2025-11-17"),
        ("2025-1-7", "2025-01-07"),
        ("2025．03．09", "2025-03-09"),
        ("二〇二六年十一月二十四日", "2026-11-24"),
        ("二○一九年二月三十日至二○一九年三月十日", "2019-03-10"),
        ("一九九八年十月二日", "1998-10-02"),
        ("2025年13月1日", ""),
        ("电话 0000-8600002", ""),
        ("2025年11月", ""),
    ],
)
def test_dates_as_documents_write_them(text: str, date: str) -> None:
    assert first_date(text) == date


@pytest.mark.parametrize(
    ("lines", "date"),
    [
        (["决定2026年3月5日开会", "2025-12-27", "2024年1月1日起"], "2025-12-27"),
        (["规则", "1987年11月24日 会议通过", "2022年6月24日 第二次修正", "第一条"], "2022-06-24"),
        (["通知", "各单位：", "自2030年1月1日起执行。", "办公室", "2021年12月1日"], "2021-12-01"),
        (["督办单", "督办事项 移交", "交办日期 2026年3月19日 办理时限 2026年4月20日"], "2026-03-19"),
        (["纪要", "某局办公室\t2026年3月18日"], "2026-03-18"),
        (["题目2020年1月1日"], ""),
        ([], ""),
    ],
)
def test_a_document_date_is_its_own_and_not_one_it_speaks_of(lines: list[str], date: str) -> None:
    assert document_date(lines).value == date
