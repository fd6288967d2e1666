"""The report as a PDF (A4), in one language; the font is inside, so it looks alike everywhere."""

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image as Picture
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, Image, PageTemplate, Table

from hub.reports.layout import FONT, GREY, Sheet, column_widths, printable, register_font
from hub.reports.report import IncidentReport
from hub.reports.sections import sections
from rules.vocabulary.text import Language

MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN

MOST_PHOTOS = 60
"""Thumbnails in a report; the page shows all of them."""

_PHOTO_COLUMNS = 4


def report_pdf(
    report: IncidentReport, language: Language, thumbnails: Mapping[str, bytes]
) -> bytes:
    """The file. `thumbnails` are pictures that Pillow reads, by the hash of what they show.

    The same report and pictures give the same bytes.
    """
    register_font()
    sheet = Sheet(language, WIDTH)
    out = io.BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=24 * mm,
        bottomMargin=20 * mm,
        title=f"{sheet.label('title')} {report.incident}",
        author=sheet.say(report.estate),
        lang="zh-CN" if language == "zh" else "en",
        initialFontName=FONT,
        invariant=1,
    )
    frame = Frame(document.leftMargin, document.bottomMargin, WIDTH, document.height, id="body",
                  leftPadding=0, rightPadding=0)  # fmt: skip
    document.addPageTemplates(PageTemplate("page", [frame]))
    flow = [*sections(report, sheet), *_photos(report, sheet, thumbnails)]
    document.build(flow, canvasmaker=_numbered(report, sheet))
    return out.getvalue()


def _photos(
    report: IncidentReport, sheet: Sheet, thumbnails: Mapping[str, bytes]
) -> list[Flowable]:
    shown = [p for p in report.photos if p.hash in thumbnails][:MOST_PHOTOS]
    if not shown:
        return []
    side = WIDTH / _PHOTO_COLUMNS - 4 * mm
    cells = [
        [_image(thumbnails[photo.hash], side), sheet.small(sheet.say(photo.of))] for photo in shown
    ]
    cells += [[] for _ in range(-len(cells) % _PHOTO_COLUMNS)]
    rows = [cells[n : n + _PHOTO_COLUMNS] for n in range(0, len(cells), _PHOTO_COLUMNS)]
    return [*sheet.heading("photos"), Table(rows, colWidths=column_widths(WIDTH, [1] * 4))]


def _image(data: bytes, side: float) -> Image:
    """As a JPEG, which PDF knows, within a square of `side`."""
    with Picture.open(io.BytesIO(data)) as picture:
        width, height = picture.size
        jpeg = io.BytesIO()
        picture.convert("RGB").save(jpeg, "JPEG", quality=80)
    scale = side / max(width, height)
    jpeg.seek(0)
    return Image(jpeg, width * scale, height * scale, hAlign="LEFT")


def _numbered(report: IncidentReport, sheet: Sheet) -> type[Canvas]:
    """A canvas that writes head and foot of each page once it knows how many there are."""

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - the name that reportlab calls
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, 1):
                self.__dict__.update(page)
                _head_and_foot(self, report, sheet, number, len(self._pages))
                super().showPage()
            super().save()

    return Numbered


def _head_and_foot(
    canvas: Canvas, report: IncidentReport, sheet: Sheet, number: int, all_: int
) -> None:
    top, bottom, right = A4[1] - 14 * mm, 11 * mm, A4[0] - MARGIN
    canvas.setFont(FONT, 8)
    canvas.setFillColor(GREY)
    canvas.setStrokeColor(GREY)
    canvas.setLineWidth(0.4)
    estate = printable(sheet.say(report.estate))
    canvas.drawString(MARGIN, top, f"{estate} · {sheet.label('title')}")
    canvas.drawRightString(right, top, report.incident)
    canvas.line(MARGIN, top - 2.5 * mm, right, top - 2.5 * mm)
    canvas.drawString(MARGIN, bottom, sheet.label("made", time=f"{report.made} {report.timezone}"))
    canvas.drawRightString(right, bottom, sheet.label("page", n=str(number), all=str(all_)))
