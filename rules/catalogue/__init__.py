"""What ships as data: device types, rules, emergency plans, message texts. Both languages.

Every figure stands here with its source beside it; none is in code.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from rules.device_types import DeviceTypes

__all__ = ["device_types", "load"]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(name: str) -> Any:
    """The data of one shipped YAML file, such as `device_types.yaml`."""
    return yaml.load(files("rules.catalogue").joinpath(name).read_text("utf-8"), _Loader)


@cache
def device_types() -> DeviceTypes:
    return DeviceTypes.parse(load("device_types.yaml"))
