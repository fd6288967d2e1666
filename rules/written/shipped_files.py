"""The files of the catalogue, read as data."""

from importlib.resources import files
from typing import Any

import yaml

_CATALOGUE = files("rules") / "catalogue"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(name: str) -> Any:
    """The data of one shipped YAML file, such as `device_types.yaml`."""
    return yaml.load(text(name), _Loader)  # noqa: S506 - the safe loader, in C where there is one


def text(name: str) -> str:
    return (_CATALOGUE / name).read_text("utf-8")


def names(folder: str) -> list[str]:
    """The files of a folder of the catalogue; `_common` is part of the others."""
    found = (f.name for f in (_CATALOGUE / folder).iterdir())
    return sorted(name for name in found if not name.startswith("_"))
