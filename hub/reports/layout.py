"""How the report looks on paper: one font, paragraphs that break in either language, tables."""

from collections.abc import Container, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Spacer, Table, TableStyle

from hub.reports.words import word
from rules.vocabulary.text import Language, Text

FONT = "NotoSansSC"
_FILE = Path(__file__).parent / "fonts" / "NotoSansSC-Regular.ttf"
"""What the build makes of the package `@expo-google-fonts/noto-sans-sc`, see `hatch_build.py`."""

INK, GREY, LINE, SHADE = (HexColor(c) for c in (0x1B1F24, 0x5B6570, 0xC9CFD6, 0xF1F3F5))
LATE = HexColor(0xB3261E)

_PADDING = 3.5
_WITH_HEADING = 80
"""Points that a heading needs to have below it, itself included."""


def register_font() -> None:
    """Make the font known: Chinese and Latin letters, under the SIL Open Font License 1.1."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FONT, str(_FILE)))


def column_widths(width: float, shares: Sequence[float]) -> list[float]:
    """`width` divided by these shares."""
    return [width * share / sum(shares) for share in shares]


class Sheet:
    """Paragraphs and tables in one language, `width` points wide."""

    def __init__(self, language: Language, width: float) -> None:
        self.language = language
        self.width = width
        wrap = "CJK" if language == "zh" else None
        self._body = _style("body", 9, 13, wrap)
        self._cell = _style("cell", 7.8, 10.6, wrap)
        self._grey = _style("grey", 7.8, 10.6, wrap, color=GREY)
        self._late = _style("late", 7.8, 10.6, wrap, color=LATE)
        self._title = _style("title", 18, 24, wrap)
        self._heading = _style("heading", 11.5, 16, wrap, before=11, after=4)

    def say(self, text: Text) -> str:
        return text.in_(self.language)

    def label(self, key: str, **values: str) -> str:
        return self.say(word("labels", key, **values))

    def named(self, name: str, value: str) -> str:
        """`name: value`."""
        return f"{name}：{value}" if self.language == "zh" else f"{name}: {value}"

    def title(self, text: str) -> Paragraph:
        return Paragraph(_safe(text), self._title)

    def heading(self, key: str) -> list[Flowable]:
        """Never alone at the foot of a page."""
        return [CondPageBreak(_WITH_HEADING), Paragraph(_safe(self.label(key)), self._heading)]

    def body(self, text: str) -> Paragraph:
        return Paragraph(_safe(text), self._body)

    def small(self, text: str) -> Paragraph:
        return Paragraph(_safe(text), self._grey)

    def warning(self, text: str) -> Paragraph:
        return Paragraph(_safe(text), self._late)

    def facts(self, pairs: Sequence[tuple[str, str]]) -> Table:
        """Names and values in two columns of pairs."""
        cells = [(self.small(self.label(key)), self._paragraph(value)) for key, value in pairs]
        if len(cells) % 2:
            cells.append((self.small(""), self._paragraph("")))
        rows = [[*left, *right] for left, right in zip(cells[::2], cells[1::2], strict=True)]
        table = Table(rows, colWidths=column_widths(self.width, [2, 5, 2, 5]))
        table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_padding(1.5)]))
        return table

    def table(
        self,
        keys: Sequence[str],
        shares: Sequence[float],
        rows: Sequence[Sequence[str]],
        *,
        late: Sequence[bool] = (),
    ) -> list[Flowable]:
        """A table whose head stands again on each page; rows that are `late` are marked.

        Where there is no row: a line that says so.
        """
        if not rows:
            return [self.small(self.label("nothing"))]
        marked = [*late, *[False] * (len(rows) - len(late))]
        head = [self.small(self.label(key)) for key in keys]
        body = [
            [Paragraph(_safe(cell), self._late if is_late else self._cell) for cell in row]
            for row, is_late in zip(rows, marked, strict=True)
        ]
        widths = column_widths(self.width, shares)
        table = Table([head, *body], colWidths=widths, repeatRows=1, splitInRow=1)
        table.setStyle(
            TableStyle(
                [
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("BACKGROUND", (0, 0), (-1, 0), SHADE),
                    ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
                    *_padding(_PADDING),
                ]
            )
        )
        return [table, Spacer(0, 2)]

    def _paragraph(self, text: str) -> Paragraph:
        return Paragraph(_safe(text), self._body)


def money(fen: int | None) -> str:
    """Fen as yuan."""
    return "–" if fen is None else f"¥{fen // 100:,}.{fen % 100:02}"


def printable(text: str) -> str:
    """With the number, such as [U+1F600], of each character that the font lacks."""
    known = pdfmetrics.getFont(FONT).face.charToGlyph
    return "".join(_printable(character, known) for character in text)


def _printable(character: str, known: Container[int]) -> str:
    if character == "\n" or (character.isprintable() and ord(character) in known):
        return character
    if "\ufe00" <= character <= "\ufe0f":  # only picks the form of the character before it
        return ""
    return f"[U+{ord(character):04X}]" if character.isprintable() else " "


def _safe(text: str) -> str:
    """No mark-up, and no character that a page cannot show."""
    return escape(printable(text)).replace("\n", "<br/>")


def _padding(points: float) -> list[tuple[str, tuple[int, int], tuple[int, int], float]]:
    sides = ("TOPPADDING", "BOTTOMPADDING", "LEFTPADDING", "RIGHTPADDING")
    return [(side, (0, 0), (-1, -1), points) for side in sides]


def _style(
    name: str,
    size: float,
    leading: float,
    wrap: str | None,
    *,
    color: HexColor = INK,
    before: float = 0,
    after: float = 0,
) -> ParagraphStyle:
    return ParagraphStyle(
        name,
        fontName=FONT,
        fontSize=size,
        leading=leading,
        wordWrap=wrap,
        textColor=color,
        spaceBefore=before,
        spaceAfter=after,
    )
