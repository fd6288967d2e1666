"""Pictures as a telephone takes them."""

import io

from PIL import Image

ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F
CAMERA = "Camera of a resident"


def photo(
    *, kind: str = "JPEG", size: tuple[int, int] = (64, 48), colour: str = "red",
    orientation: int = 1,
) -> bytes:  # fmt: skip
    """A picture, its left half in `colour`, with its place and its camera in the file."""
    image = Image.new("RGB", size, "white")
    image.paste(Image.new("RGB", (size[0] // 2, size[1]), colour), (0, 0))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKE] = CAMERA
    exif.get_ifd(GPS).update({1: "N", 2: (39.0, 54.0, 20.0), 3: "E", 4: (116.0, 23.0, 29.0)})
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()
