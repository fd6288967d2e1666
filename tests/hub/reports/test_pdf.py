"""The report on paper: its text can be selected, in both languages, and nothing is mark-up."""

import io
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfbase import pdfmetrics

from hub.reports import IncidentReport, build_report
from hub.reports.layout import FONT, register_font
from hub.reports.pdf import report_pdf
from rules.vocabulary.text import Language, Text
from tests.hub.reports.sources import PHOTO, played, sources_of


@pytest.fixture(scope="module")
def report() -> IncidentReport:
    return build_report(sources_of(played()))


def text_of(pdf: bytes, folder: Path) -> str:
    """What a reader could copy, without the line breaks."""
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    printed = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True
    )
    return " ".join(printed.stdout.decode().split())


@pytest.mark.parametrize(
    ("language", "facts"),
    [
        (
            "en",
            ["Incident review", "Riverside", "Raised to level III", "An owner's part: burst hose",
             "B3-04-01", "¥1,200.00", "renew hoses", "Satisfaction: 4/5", "Page 1 of",
             "Review finished"],
        ),
        (
            "zh",
            ["事件复盘报告", "滨河苑", "升至III级", "业主专有部分：burst hose", "B3-04-01",
             "¥1,200.00", "renew hoses", "满意度：4/5", "第1页，共", "复盘结束"],
        ),
    ],
)  # fmt: skip
def test_facts_can_be_read_in_either_language(
    report: IncidentReport, language: Language, facts: list[str], tmp_path: Path
) -> None:
    text = text_of(report_pdf(report, language, {}), tmp_path)
    squeezed = text.replace(" ", "")
    assert [fact for fact in facts if fact.replace(" ", "") not in squeezed] == []


def test_photos_are_in_it(report: IncidentReport) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (320, 200), (90, 120, 160)).save(picture, "WEBP")
    with_photo = report_pdf(report, "en", {PHOTO: picture.getvalue()})
    assert with_photo.count(b"/Subtype /Image") == 1
    assert report_pdf(report, "en", {}).count(b"/Subtype /Image") == 0


def test_same_report_is_the_same_file(report: IncidentReport) -> None:
    assert report_pdf(report, "zh", {}) == report_pdf(report, "zh", {})


def test_what_people_write_is_never_mark_up(report: IncidentReport, tmp_path: Path) -> None:
    nasty = '<img src="file:///etc/hostname"/> & </para> \x00\x1b \U0001f600'
    text = text_of(report_pdf(replace(report, conclusion=nasty), "en", {}), tmp_path)
    assert '<img src="file:///etc/hostname"/> & </para>' in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_character_that_the_font_lacks_is_named_instead_of_left_blank(
    report: IncidentReport, language: Language, tmp_path: Path
) -> None:
    words = "Lift ❤\ufe0f stuck \U0001f600 in 䶮"
    named = replace(report, estate=Text("Hill \U0001f600", "山 \U0001f600"), conclusion=words)
    text = text_of(report_pdf(named, language, {}), tmp_path)
    assert text.count("[U+1F600]") > 1
    assert "Lift[U+2764]stuck[U+1F600]in䶮" in text.replace(" ", "")


def test_font_has_every_character_of_gbk() -> None:
    """GBK holds the 6,763 characters of GB 2312 and the traditional ones."""
    register_font()
    known = pdfmetrics.getFont(FONT).face.charToGlyph
    gbk = "".join(
        bytes([lead, trail]).decode("gbk", "ignore")
        for lead in range(0x81, 0xFE)
        for trail in range(0x40, 0xFF)
    )
    assert {c for c in gbk if c.isprintable() and ord(c) not in known} <= {"≒"}


def test_hundreds_of_lines_and_endless_cells_break_over_pages_with_their_heads(
    report: IncidentReport, tmp_path: Path
) -> None:
    (damage,) = report.damages
    endless = replace(damage, items=damage.items * 300)
    long = replace(report, timeline=report.timeline * 30, damages=(endless,))
    text = text_of(report_pdf(long, "en", {}), tmp_path)
    assert text.count("What happened") > 5
    assert "Page 9 of" in text
