"""A page of any sort in, a draft in any format out, and a clear error for what is no page."""

from __future__ import annotations

import io
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from copies import case_set, csv_rows, said, stored
from hypothesis import given
from hypothesis import strategies as st

from aidstudy import extras
from aidstudy.cli import commands
from aidstudy.errors import (
    AidstudyError,
    CodebookError,
    FileError,
    PageError,
    TextError,
)
from aidstudy.pages import pages
from aidstudy.pages import pdf as pdf_module
from aidstudy.pages.pages import (
    Reader,
    draft_csv,
    own_study,
    parquet_parts,
    read_page,
    reader_for,
    text_of,
    write_draft,
    write_text,
)
from aidstudy.pages.pdf import pdf_text
from aidstudy.pages.review import write_review
from aidstudy.reading.drafts import DRAFT_COLUMNS, draft_figures, draft_rows

TEXT = "江岚市对口支援石溪县，已到位资金3200余万元，\r\n修路 8.6 公里。\n"


# --- text in ----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le", "big5"])
def test_text_is_decoded_and_left_as_it_stands(tmp_path: Path, encoding: str) -> None:
    traditional = "本縣經濟發展，總投資三億元，建設道路。" * 9
    text = traditional if encoding == "big5" else TEXT
    page = tmp_path / "page.txt"
    page.write_bytes(text.encode(encoding))
    assert read_page(page) == text


def test_a_byte_order_mark_stays_so_that_offsets_are_those_of_the_file() -> None:
    text = text_of(TEXT.encode("utf-8-sig"), name="page")
    assert text == "\ufeff" + TEXT
    (first, _) = draft_figures(text)
    assert first.quantity.span.of(text) == "3200余万元"


NOT_UTF8 = r"byte \d+ \([0-9a-f ]+\) is not UTF-8"
NO_PAGE = {
    "latin-1": ("Größe über öffentliche Straßen: 300 m²".encode("latin-1"), NOT_UTF8),
    "broken utf-8": (TEXT.encode("utf-8")[:40] + b"\xff" + TEXT.encode("utf-8")[40:], NOT_UTF8),
    "cut utf-8": (TEXT.encode("utf-8")[:-50], NOT_UTF8),
    "lone surrogate": ("到位资金\ud800万元".encode("utf-8", "surrogatepass"), NOT_UTF8),
    "shift-jis": (("国際協力に関する報告、三百万円を支出した。" * 9).encode("shift-jis"), NOT_UTF8),
    "empty": (b"", "the file is empty"),
    "white space": (" \n\u3000\r\n".encode(), "white space only"),
    "NUL": (b"1\0 2", "a binary file"),
    "control characters": (b"\x01\x02\x03" * 9, "a binary file"),
    "broken docx": (b"PK\x03\x04rest", "a broken or protected document"),
    "picture": (b"\x89PNG\r\n", "a picture"),
    "broken PDF": (b"%PDF-1.7\nnothing", "a PDF that cannot be read"),
}


@pytest.mark.parametrize(("content", "reason"), NO_PAGE.values(), ids=NO_PAGE)
def test_what_is_no_page_is_told_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(TextError, match=f"^page: .*{reason}"):
        text_of(content, name="page")


def test_a_stray_control_character_is_no_reason_to_refuse_a_page() -> None:
    text = TEXT * 10 + "\x02" + TEXT
    assert text_of(text.encode(), name="page") == text


def test_a_folder_a_missing_file_and_an_address_are_told(tmp_path: Path) -> None:
    for path, told in (
        (tmp_path, r"is a folder; name one page, .* -o figures.parquet"),
        (tmp_path / "none.txt", "cannot be read"),
        ("https://example.org/page.html", "an address, not a file"),
    ):
        with pytest.raises(FileError, match=told):
            read_page(path)


DOCUMENTS = case_set("documents")
"""The same words in HTML, Word and OpenDocument."""


def _zipped(name: str, content: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        DOCUMENTS["html"].format("utf-8").encode(),
        DOCUMENTS["html"].format("gbk").encode("gbk"),
        _zipped("word/document.xml", DOCUMENTS["docx"]),
        _zipped("content.xml", DOCUMENTS["odt"]),
    ],
    ids=["html", "html in gbk", "docx", "odt"],
)
def test_a_document_gives_its_content_line_by_line(content: bytes) -> None:
    assert text_of(content, name="page") == "投入300万元\n教育\t20万元。\n"


@given(st.binary(max_size=200))
def test_any_bytes_give_text_or_an_error(content: bytes) -> None:
    try:
        text = text_of(content, name="page")
    except AidstudyError:
        return
    draft_csv(draft_rows(draft_figures(text))).encode("utf-8")


def test_the_text_of_a_page_is_written_once(tmp_path: Path) -> None:
    page, output = tmp_path / "page.txt", tmp_path / "utf8.txt"
    page.write_bytes(TEXT.encode("gb18030"))
    assert write_text(page, output) == len(TEXT)
    assert output.read_bytes() == TEXT.encode()
    with pytest.raises(FileError, match="is there already"):
        write_text(page, output)


# --- PDF --------------------------------------------------------------------------------------


def pdf(lines: str) -> bytes:
    """A PDF of one page with a line of Latin text."""
    stream = f"BT /F1 12 Tf 72 700 Td ({lines}) Tj ET".encode("ascii")
    return pdf_of(stream, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")


def pdf_of(stream: bytes, font: str) -> bytes:
    """A PDF of one page: what is drawn on it, in one font."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        font.encode(),
    ]
    content, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n" + table
    tail = b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(content)
    return content + head + tail


def test_a_pdf_gives_its_text_if_it_is_only_protected_and_not_if_it_is_encrypted() -> None:
    pypdf = pytest.importorskip("pypdf")

    def locked(password: str) -> bytes:
        writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("16.2 km, 69%"))), io.BytesIO()
        writer.encrypt(password, owner_password="x", algorithm="RC4-128")
        writer.write(out)
        return out.getvalue()

    for content in (pdf("16.2 km, 69%"), locked("")):
        text = text_of(content, name="page.pdf")
        assert [d.quantity.printed for d in draft_figures(text)] == ["16.2km", "69%"]
    with pytest.raises(TextError, match=r"page\.pdf: an encrypted PDF; remove its password"):
        text_of(locked("secret"), name="page.pdf")


def test_a_pdf_encrypted_by_aes_is_read_or_says_what_it_needs() -> None:
    # A line "16.2 km, 69%", encrypted by AES-256, without a password to open it.
    content = (Path(__file__).parent / "cases" / "aes.pdf").read_bytes()
    try:
        import_module("cryptography")
    except ImportError:
        with pytest.raises(TextError, match=r"AES, which needs the package cryptography: pip "):
            text_of(content, name="page.pdf")
    else:
        assert "16.2 km, 69%" in text_of(content, name="page.pdf")


def chinese_font(encoding: str) -> str:
    """One that is not embedded and has no map to Unicode."""
    return (
        f"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /{encoding} "
        "/DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 >>] >>"
    )


def cid_pdf(encoding: str, codec: str, lines: list[str], *, down: bool = False) -> bytes:
    """A PDF in a Chinese font; with `down` each sign stands below the one before."""
    shown = [sign for line in lines for sign in line] if down else lines
    codes = [line.encode(codec).hex() for line in shown]
    stream = "BT /F1 12 Tf 72 780 Td " + " ".join(f"<{one}> Tj 0 -14 Td" for one in codes) + " ET"
    return pdf_of(stream.encode(), chinese_font(encoding))


PRINTED = ["青山市援助资金3000万元。", "培训教师50余名。"]

COLUMNS = [
    ("青山市对口支援白石县今年安", "临江区对口支援乌兰县今年安"),
    ("排资金３千万元已到位资金二", "排资金五千万元，其中用于教"),
    ("千万元其余资金将于年底到位", "育的资金八百万元已全部到位"),
    ("并用于修建道路和桥梁等设施", "并用于购置教学设备和图书等"),
    ("另有社会捐助资金一百余万元", "另有社会捐助资金二百余万元"),
    ("均已拨付。", "均已拨付。"),
]


def columns_pdf(*, line_by_line: bool) -> bytes:
    """Two columns, held one after the other or line beside line."""
    runs = [
        (72 + 260 * side, 780 - 16 * n, text)
        for n, row in enumerate(COLUMNS)
        for side, text in enumerate(row)
    ]
    runs = runs if line_by_line else sorted(runs, key=lambda run: (run[0], -run[1]))
    told = (f"1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj" for x, y, text in runs)
    stream = f"BT /F1 12 Tf {' '.join(told)} ET"
    return pdf_of(stream.encode(), chinese_font("UniGB-UCS2-H"))


def test_columns_come_one_after_the_other_and_a_figure_has_its_place() -> None:
    told = "\n".join(row[side] for side in (0, 1) for row in COLUMNS)
    good = pdf_text(columns_pdf(line_by_line=False), name="a.pdf")
    assert good.text.strip() == told
    with pytest.warns(UserWarning, match="b.pdf, page 1: two columns stood line beside line"):
        mended = pdf_text(columns_pdf(line_by_line=True), name="b.pdf")
    assert mended.text.strip() == told
    for found in (good, mended):
        start = found.text.index("八百万元")
        assert found.box(start, start + 4) == (1, 380, 82, 428, 94)
        assert found.box(len(found.text) + 1, len(found.text) + 2) is None


def test_the_review_leads_to_the_place_in_the_pdf(tmp_path: Path) -> None:
    (tmp_path / "a b.pdf").write_bytes(columns_pdf(line_by_line=False))
    page = tmp_path / "page.txt"
    write_text(tmp_path / "a b.pdf", page)
    (written,) = write_review(page, pdf=tmp_path / "a b.pdf")
    told = Path(written).read_text(encoding="utf-8")
    assert 'href="a%20b.pdf#page=1&amp;zoom=250,320,22"' in told
    (tmp_path / "other.pdf").write_bytes(pdf("16.2 km"))
    with pytest.raises(PageError, match="has another text"):
        write_review(page, pdf=tmp_path / "other.pdf")


READ = {
    "UniGB-UCS2-H": "utf-16-be",
    "UniGB-UCS2-V": "utf-16-be",
    "UniGB-UTF16-H": "utf-16-be",
    "GBK-EUC-H": "gbk",
    "GBK-EUC-V": "gbk",
    "GB-EUC-H": "gb2312",
    "GBK2K-V": "gb18030",
}
REFUSED = ("Identity-H", "Identity-V", "GBKp-EUC-H", "Own-Map-H")


@pytest.mark.parametrize("encoding", [*READ, *REFUSED])
def test_a_chinese_font_without_a_map_is_read_by_its_encoding_or_refused(
    encoding: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Text that would come out as other text is refused."""
    content = cid_pdf(encoding, READ.get(encoding, "gbk"), PRINTED)
    if encoding in READ:
        assert text_of(content, name="page.pdf").split() == PRINTED
    else:
        with pytest.raises(TextError, match=r"page\.pdf, page 1: the font STSong-Light does not "):
            text_of(content, name="page.pdf")
    assert capfd.readouterr() == ("", "")


def test_shapes_named_by_a_number_are_no_text() -> None:
    font = (
        "<< /Type /Font /Subtype /Type1 /BaseFont /ABCDEF+Song /Encoding "
        "<< /Type /Encoding /Differences [65 /g12 /g13 /three] >> >>"
    )
    with pytest.raises(TextError, match=r"the font ABCDEF\+Song does not say"):
        text_of(pdf_of(b"BT /F1 12 Tf 72 700 Td (ABC) Tj ET", font), name="page.pdf")
    # Names of signs are read, and a stroke before a number is a stroke.
    known = font.replace("/g12 /g13", "/one /two")
    text = text_of(pdf_of(b"BT /F1 12 Tf 72 700 Td (ABC 24/g12) Tj ET", known), name="page.pdf")
    assert text.strip() == "123 24/g12"


def test_vertical_writing_keeps_its_numbers_whole() -> None:
    lines = ["青山市援助资金3000万元︐已全部到位︒", "培训教师50余名︒"]
    content = cid_pdf("UniGB-UCS2-V", "utf-16-be", lines, down=True)
    text = text_of(content, name="page.pdf")
    assert text.split() == ["青山市援助资金3000万元，已全部到位。", "培训教师50余名。"]
    # Digits below one another in a column of a table are no number.
    column = cid_pdf("UniGB-UCS2-H", "utf-16-be", ["30", "合计", "5", "7", "9"])
    assert text_of(column, name="page.pdf").split() == ["30", "合计", "5", "7", "9"]


def test_a_pdf_that_gives_no_text_says_why() -> None:
    pypdf = pytest.importorskip("pypdf")
    writer, out = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(out)
    cut_off = [(pdf("16.2 km")[:cut], "") for cut in (20, 200, 300)]
    for content, why in [(out.getvalue(), " without text on any of its pages"), *cut_off]:
        with pytest.raises(TextError, match=rf"^page\.pdf: a PDF{why}"):
            text_of(content, name="page.pdf")


# --- drafts out -------------------------------------------------------------------------------

ROWS = draft_rows(draft_figures(TEXT, year=2017))


def test_excel_holds_numbers_as_numbers_texts_as_texts_and_is_the_same_twice(
    tmp_path: Path,
) -> None:
    """What Excel might take for a formula or a link is tried with the exports."""
    pytest.importorskip("xlsxwriter")
    openpyxl = pytest.importorskip("openpyxl")
    formula = ROWS[0] | {"kind": "date", "printed": "=1+1", "note": "=1+1", "value": "=1+1"}
    for name in ("a.xlsx", "b.xlsx"):
        write_draft([*ROWS, formula], tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    head, first, _, last = openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows()
    assert tuple(cell.value for cell in head) == DRAFT_COLUMNS
    row = dict(zip(DRAFT_COLUMNS, first, strict=True))
    numbers = [(row[name].data_type, row[name].value) for name in ("start", "value")]
    assert numbers == [("n", 16), ("n", 32000000)]
    assert row["printed"].value == "3200余万元"
    row = dict(zip(DRAFT_COLUMNS, last, strict=True))
    for name in ("printed", "note", "value"):
        assert (row[name].data_type, row[name].value) == ("s", "=1+1")
        assert row[name].quotePrefix


def test_a_long_draft_is_written_in_parts_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """That only a part is held at a time is asked of a folder of pages."""
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(pages, "_GROUP_ROWS", 100)
    rows = [ROWS[0] | {"start": str(number)} for number in range(1051)]
    assert csv_rows(draft_csv(rows)) == rows
    found = parquet.read_table(io.BytesIO(b"".join(parquet_parts(iter(rows)))))
    assert found.column("start").to_pylist() == list(range(1051))


def test_an_unknown_format_and_a_missing_package_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CodebookError, match=r"no format '.doc'; end the name in .csv, .xlsx"):
        write_draft(ROWS, tmp_path / "draft.doc")

    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(extras, "import_module", missing)
    with pytest.raises(FileError, match=r"pyarrow is not installed.*PATH\[exchange\]"):
        write_draft(ROWS, tmp_path / "draft.parquet")
    with pytest.raises(FileError, match=r"pypdf is not installed.*PATH\[pages\]"):
        text_of(pdf("1 km"), name="page.pdf")
    assert list(tmp_path.iterdir()) == []


# --- the command ------------------------------------------------------------------------------


def test_the_command_reads_standard_input_or_a_file_and_writes_a_file(tmp_path: Path) -> None:
    words = ["read", "-", "--year", "2017"]
    done = CliRunner().invoke(commands, words, input=TEXT.encode("gb18030"))
    assert (done.exit_code, done.stderr) == (0, "-: no number was left unread\n")
    assert csv_rows(done.stdout) == ROWS
    page, draft = tmp_path / "page.txt", tmp_path / "draft.csv"
    page.write_text(TEXT, encoding="utf-8", newline="")
    told = said("read", page, "-o", draft, "--year", 2017)
    assert "2 figures, each a proposal to be looked at" in told
    assert csv_rows(draft) == ROWS
    assert [row["printed"] for row in ROWS] == ["3200余万元", "8.6公里"]
    page.write_text("没有数字。", encoding="utf-8")
    assert "no figure found" in said("read", page)
    page.write_text("投资3亿元，数千万元到位。", encoding="utf-8")
    assert "1 place left unread: 数千万元 (6, indefinite)" in said("read", page)


def test_places_of_a_study_are_used_when_it_is_named_or_the_page_is_its_own() -> None:
    named = reader_for(stored(), None)
    assert named.year == 2012
    assert "leshan" in (named.donors or {})
    assert own_study(TEXT) is None
    assert reader_for(None, 2017) == Reader(2017)


@pytest.mark.page
def test_the_page_of_the_study_is_known_by_its_text(page: Path) -> None:
    own = own_study(read_page(page))
    assert own is not None
    assert own.year == 2012


def test_a_radical_that_looks_like_a_character_becomes_it() -> None:
    assert "\u2f49\u2fa5\u2ed3\u4e2d\u2f3e".translate(pdf_module._SAME_PRINT) == "月里长中户"
