"""Uploaded files made safe to keep: type by content, upright, without what a camera adds.

A picture is drawn anew: its place, its camera and whatever else hid in the file stay behind.
"""

import hashlib
import io
import threading
import warnings
from typing import TYPE_CHECKING

from hub.errors import HubError
from store.tickets.attachments import Stored

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
"""A file of a few kilobytes may claim to be a picture of gigabytes."""

THUMBNAIL = (320, 320)

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
PDF = "application/pdf"
_PDF_BEGINS, _PDF_ENDS = b"%PDF-", b"%%EOF"


_FEW_AT_ONCE = threading.BoundedSemaphore(2)
"""Drawing a picture takes a few hundred megabytes at the most; never for all requests at once."""


class UnusableFile(HubError):
    """The content is not a whole file of a type that is taken. The message says the remedy."""


def made_safe(data: bytes) -> Stored:
    """`data` as it may be kept and shown. Raises UnusableFile."""
    if data.startswith(_PDF_BEGINS):
        if _PDF_ENDS not in data[-1024:]:
            raise UnusableFile("this PDF ends too early: send the whole file")
        return Stored(_sum(data), PDF, data, None)
    return _picture(data)


def _picture(data: bytes) -> Stored:
    from PIL import Image, ImageOps

    try:
        with _FEW_AT_ONCE, warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(MEDIA_TYPES)) as image:
                kind = str(image.format)
                if image.width * image.height > MOST_PIXELS:
                    raise UnusableFile(
                        f"{image.width} x {image.height} pixels: send at most 50 million"
                    )
                upright = _drawn_anew(ImageOps.exif_transpose(image))
    except UnusableFile:
        raise
    except Exception as error:  # Pillow's decoders raise whatever a damaged file leads them to
        raise UnusableFile(
            "this is no whole JPEG, PNG, WebP or PDF file: send one of these"
        ) from error
    content = _encoded(upright, kind)
    upright.thumbnail(THUMBNAIL)
    return Stored(_sum(content), MEDIA_TYPES[kind], content, _encoded(upright, "WEBP"))


def _drawn_anew(image: "Image.Image") -> "Image.Image":
    """The pixels alone, in colour, with transparency where there was some."""
    from PIL import Image

    mode = "RGBA" if image.has_transparency_data else "RGB"
    pixels = image.convert(mode)
    clean = Image.new(mode, pixels.size)
    clean.paste(pixels)
    return clean


def _encoded(image: "Image.Image", kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "JPEG":
        image.convert("RGB").save(out, kind, quality=88, optimize=True)
    else:
        image.save(out, kind)
    return out.getvalue()


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
