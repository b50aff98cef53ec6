"""Bytes in every encoding that exports come in: the text is right, what it was read as is said, doubts have a line."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.bibliography.chinese import looks_chinese
from evidence.bibliography.decoding import Decoded, decode_records

FRENCH = "TY  - JOUR\nTI  - Étude d’un cas de sclérodermie\nAU  - Müller, Jörg\nER  - \n"
CHINESE = (
    "TY  - JOUR\nTI  - 系统性硬化症患者皮肤钙质沉着的治疗\nAU  - 王小明\n"
    "AB  - 目的 探讨治疗的临床效果。方法 选取2010年的患者24例。\nER  - \n"
)
OTHERS = {
    "cp1251": "Состояние рецепторного аппарата при гиперплазиях в позднем периоде",
    "euc_kr": "전신 경화증 환자의 피부 석회화 치료에 대한 연구 결과 분석",
    "euc_jp": "全身性強皮症における皮膚石灰沈着症の治療について検討した症例報告",
    "shift_jis": "全身性強皮症における皮膚石灰沈着症の治療について検討した症例報告",
    "big5": "治療系統性硬化症的病人及其皮膚鈣質沉著的回顧性研究",
    "cp1253": "Μελέτη της συστηματικής σκληροδερμίας σε ασθενείς",
}


def read(content: bytes) -> Decoded:
    return decode_records(content, "x.ris")


def found(decoded: Decoded) -> list[tuple[str, int | None, str]]:
    return [(problem.code, problem.line, problem.severity) for problem in decoded.problems]


@pytest.mark.parametrize("text", [FRENCH, CHINESE, "", "plain\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_marked_encoding_and_utf8_are_certain(text: str, encoding: str) -> None:
    assert read(text.encode(encoding)) == Decoded(text, encoding.removesuffix("-sig"))


@pytest.mark.parametrize("text", [FRENCH, CHINESE])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(text: str, encoding: str) -> None:
    assert read(text.encode(encoding)) == Decoded(text, encoding)


@pytest.mark.parametrize("bom", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_utf16_mark_is_not_in_the_text(bom: bytes) -> None:
    name = "utf-16-le" if bom == codecs.BOM_UTF16_LE else "utf-16-be"
    decoded = read(bom + FRENCH.encode(name))
    assert (decoded.text, decoded.problems) == (FRENCH, ())


def test_windows_1252_is_a_warning_with_its_line() -> None:
    decoded = read(FRENCH.encode("cp1252"))
    assert (decoded.text, decoded.encoding) == (FRENCH, "cp1252")
    assert found(decoded) == [("not-utf-8", 2, "warning")]
    assert "'TI  - Étude d’un" in decoded.problems[0].message


def test_chinese_is_told_from_windows_1252() -> None:
    decoded = read(CHINESE.encode("gb18030"))
    assert (decoded.text, decoded.encoding) == (CHINESE, "gb18030")
    assert found(decoded) == [("not-utf-8", 2, "warning")]
    name = read("TY  - JOUR\nAU  - 王小明\n".encode("gb18030"))
    assert (name.text, name.encoding) == ("TY  - JOUR\nAU  - 王小明\n", "gb18030")


@pytest.mark.parametrize("encoding", OTHERS)
def test_other_encodings_are_not_taken_for_chinese(encoding: str) -> None:
    assert not looks_chinese(OTHERS[encoding].encode(encoding))
    assert found(read(OTHERS[encoding].encode(encoding)))[0] == ("not-utf-8", 1, "warning")


@pytest.mark.parametrize("text", ["MÜLLER ÉÀÈ “É”", "ÄÖÜÄÖÜ «Été»", "é", "naïve – café", "€ 5, ½ mg, 25 °C"])
def test_western_text_is_not_taken_for_chinese(text: str) -> None:
    assert read(text.encode("cp1252")).text == text


def test_lines_of_two_encodings() -> None:
    decoded = read(FRENCH.encode() + FRENCH.encode("cp1252"))
    assert (decoded.text, decoded.encoding) == (FRENCH * 2, "utf-8 and cp1252")
    assert found(decoded) == [("mixed-encoding", 6, "warning")]
    assert "1 more line" in decoded.problems[0].message
    chinese = read(CHINESE.encode() + CHINESE.encode("gb18030"))
    assert (chinese.text, chinese.encoding) == (CHINESE * 2, "utf-8 and gb18030")


def test_two_encodings_in_one_line() -> None:
    decoded = read("Müller – café\n".encode().replace("é".encode(), b"\xe9"))
    assert (decoded.text, decoded.encoding) == ("Müller – café\n", "utf-8 and cp1252")


def test_a_byte_that_fits_nothing_is_replaced_and_told() -> None:
    decoded = read(b"TY  - JOUR\nAU  - M\xfcll\x81r\n")
    assert decoded.text == "TY  - JOUR\nAU  - Müll\ufffdr\n"
    assert found(decoded) == [("not-utf-8", 2, "warning"), ("bad-encoding", 2, "warning")]


def test_a_file_cut_within_a_character() -> None:
    decoded = read(CHINESE.encode()[:-10])
    assert decoded.text is not None
    whole = read(CHINESE.encode()[: CHINESE.encode().index("例".encode()) + 2])
    assert whole.text == CHINESE[: CHINESE.index("例")] + "\ufffd"
    assert (whole.encoding, found(whole)) == ("utf-8", [("cut-off", 4, "warning")])
    wide = read(FRENCH.encode("utf-16")[:-1])
    assert wide.text == FRENCH[:-1] + "\ufffd"
    assert found(wide) == [("bad-encoding", 4, "warning")]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ('<?xml version="1.0" encoding="ISO-8859-2"?><a>łódź</a>'.encode("iso-8859-2"), "iso8859-2"),
        ("% Encoding: windows-1250\n@misc{a, title = {łódź}}".encode("cp1250"), "cp1250"),
        ("% Encoding: windows-1252\nß".encode(), "utf-8"),
        ("% Encoding: UTF-8\nß".encode("cp1252"), "cp1252"),
        ('<?xml version="1.0" encoding="zlib"?><a>ß</a>'.encode("cp1252"), "cp1252"),
        ('<?xml version="1.0" encoding="none-such"?><a>ß</a>'.encode("cp1252"), "cp1252"),
    ],
)
def test_a_declaration_counts_where_the_bytes_bear_it_out(content: bytes, encoding: str) -> None:
    decoded = read(content)
    assert decoded.encoding == encoding
    assert decoded.text is not None
    assert "łódź" in decoded.text or "ß" in decoded.text


def test_line_ends() -> None:
    assert read(b"a\r\nb\rc\nd\r\r\ne").text == "a\nb\nc\nd\ne"
    kept = "a\x85b\u2028c\u2029d\x0be\x0cf\x1eg"
    assert read(kept.encode()).text == kept


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04rest", "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "workbook"),
        (b"%PDF-1.7 rest", "not-text"),
        (b"{\\rtf1 rest", "not-text"),
        (b"\x1f\x8b\x08rest", "not-text"),
        (bytes(range(256)) * 20, "not-text"),
    ],
)
def test_what_is_no_text_is_a_problem_with_a_mend(content: bytes, code: str) -> None:
    decoded = read(content)
    assert decoded.text is None
    assert [(problem.code, problem.severity) for problem in decoded.problems] == [(code, "error")]
    assert "import that file" in decoded.problems[0].mend


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_told(content: bytes) -> None:
    decoded = read(content)
    assert decoded.text is not None or decoded.problems
    assert decoded.text is None or "\r" not in decoded.text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=80))
def test_every_text_in_utf8_comes_back(text: str) -> None:
    content = b"TY  - JOUR\n" * 4 + text.encode()
    assert read(content) == Decoded("TY  - JOUR\n" * 4 + text, "utf-8")
