import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from search.errors import FileTooLarge, FileTruncated
from search.extract.files import MB
from search.extract.zipped import member_content, members

NAME = Path("旧.zip")


def packed(files: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


def reasons(content: bytes) -> dict[str, str]:
    return {one.name: one.refusal.code if one.refusal else "" for one in members(content, NAME)}


def test_files_are_found_in_folders_and_in_inner_archives() -> None:
    inner = packed({"二月.txt": "二月".encode()})
    content = packed({"一月.txt": "一月".encode(), "二/内.zip": inner, "二/": b"", "__MACOSX/._一月.txt": b"x"})
    found = list(members(content, NAME))
    assert [one.name for one in found] == ["旧.zip/一月.txt", "旧.zip/二/内.zip/二月.txt"]
    assert [member_content(content, one.way, NAME).decode() for one in found] == ["一月", "二月"]


def test_old_chinese_names_are_read() -> None:
    content = packed({"abcdefgh.txt": b"x"}).replace(b"abcdefgh", "旧纪要一".encode("gb18030"))
    assert list(reasons(content)) == ["旧.zip/旧纪要一.txt"]


@pytest.mark.parametrize("name", ["../../逃.txt", "/etc/逃.txt", "a\\..\\逃.txt", "C:\\逃.txt"])
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    assert list(reasons(packed({name: b"x", "好.txt": b"x"})).values()) == ["name_unsafe", ""]


def test_archives_too_deep_are_refused() -> None:
    content = packed({"底.txt": b"x"})
    for _ in range(3):
        content = packed({"内.zip": content})
    assert list(reasons(content).values()) == ["archives_nested"]


def test_a_link_is_not_followed() -> None:
    link = zipfile.ZipInfo("链.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert list(reasons(written.getvalue()).values()) == ["file_unreadable"]


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(FileTooLarge):
        list(members(packed({"弹.txt": b"0" * 60 * MB}), NAME))


def test_a_damaged_file_costs_only_itself() -> None:
    content = packed({"坏.txt": b"a" * 50, "好.txt": b"b" * 50})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        place = archive.infolist()[0].header_offset + 30 + len("坏.txt".encode())
    broken = content[:place] + b"\xff" + content[place + 1 :]
    assert reasons(broken) == {"旧.zip/坏.txt": "file_truncated", "旧.zip/好.txt": ""}


def test_a_locked_file_is_named() -> None:
    content = bytearray(packed({"密.txt": b"x"}))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        content[archive.start_dir + 8] |= 1
    assert list(reasons(bytes(content)).values()) == ["file_encrypted"]


def test_half_an_archive_is_truncated() -> None:
    content = packed({"一.txt": b"x" * 1000})
    with pytest.raises(FileTruncated):
        list(members(content[: len(content) // 2], NAME))
