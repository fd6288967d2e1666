"""The sample estate as a person would have written it, and how any such file is read."""

from pathlib import Path
from typing import Any

import yaml

from rules.catalogue import device_types
from rules.estate.file import EstateFault, expand, read
from rules.estate.graph import Estate
from simulators.errors import EstateNotLoadable

__all__ = ["SAMPLE", "estate_body", "load_estate"]

SAMPLE = Path(__file__).with_name("sample.yaml")


def load_estate(path: Path = SAMPLE) -> Estate:
    """The estate that the file describes. Raises EstateNotLoadable."""
    try:
        return expand(read(path.read_text("utf-8")), device_types())
    except OSError as error:
        raise EstateNotLoadable(f"estate {path}: {error.strerror}; check the path") from None
    except EstateFault as error:
        raise EstateNotLoadable(f"estate {path}: {error}") from None


def estate_body(path: Path = SAMPLE) -> dict[str, Any]:
    """The estate's file as data. Precondition: `load_estate` has read it."""
    body: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return body
