"""Estates of any size: the sample estate with as many of its towers as are wanted."""

from typing import Any

import yaml

from simulators.estate import SAMPLE

DEVICES_A_TOWER = 224


def estate_file(estate_id: str, towers: int) -> dict[str, Any]:
    """The sample estate's file with `towers` towers in place of its two."""
    file: dict[str, Any] = yaml.safe_load(SAMPLE.read_text("utf-8"))
    ids = [f"B{n}" for n in range(1, towers + 1)]
    tower = file["buildings"][0]
    file["estate"] = estate_id
    file["buildings"] = [{**tower, "id": id_} for id_ in ids]
    file["garages"][0]["bays"] = [{"building": id_} for id_ in ids]
    for device in file["devices"]:
        if "each_building" in device:
            device["each_building"] = ids
    return file
