"""Small PDF files, written object by object."""

from collections.abc import Sequence

SIZE = 12


def pdf(pages: Sequence[Sequence[str]], *, mapped: bool = True, pictures: bool = False) -> bytes:
    """A PDF with a line of text for each string; `mapped` fonts say which characters they show.

    With `pictures` each page shows an image as well.
    """
    signs = sorted({char for page in pages for line in page for char in line})
    codes = {char: number for number, char in enumerate(signs, start=1)}
    objects = [b"", b""]
    font = _font(objects, codes, mapped)
    picture = _stream(objects, b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8", b"\x00")
    shown = b"/XObject << /I %d 0 R >>" % picture if pictures else b""
    kids = []
    for page in pages:
        content = _stream(objects, b"", _drawn(page, codes))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F %d 0 R >> %s >> >>" % (content, font, shown)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return _file(objects)


def _font(objects: list[bytes], codes: dict[str, int], mapped: bool) -> int:
    rows = b"\n".join(
        b"<%04x> <%s>" % (code, char.encode("utf-16-be").hex().encode()) for char, code in codes.items()
    )
    if not mapped:
        rows = b"\n".join(b"<%04x> <%04x>" % (code, 0xE000 + code) for code in codes.values())
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap /CMapName /X def 1 begincodespacerange <0000> <ffff> "
        b"endcodespacerange\n%d beginbfchar\n%s\nendbfchar endcmap end" % (len(codes), rows)
    )
    unicode_map = _stream(objects, b"", cmap)
    objects.append(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F /CIDSystemInfo << /Supplement 0 >> /DW 1000 >>"
    )
    objects.append(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /DescendantFonts [%d 0 R] "
        b"/ToUnicode %d 0 R >>" % (len(objects), unicode_map)
    )
    return len(objects)


def _drawn(lines: Sequence[str], codes: dict[str, int]) -> bytes:
    drawn = [b"BT /F %d Tf 50 800 Td" % SIZE]
    for line in lines:
        drawn.append(b"<%s> Tj 0 -20 Td" % b"".join(b"%04x" % codes[char] for char in line))
    return b"\n".join([*drawn, b"ET"])


def _stream(objects: list[bytes], entries: bytes, content: bytes) -> int:
    objects.append(b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content))
    return len(objects)


def _file(objects: Sequence[bytes]) -> bytes:
    written, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(written))
    )
