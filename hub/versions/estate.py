"""Importing an estate from its YAML file, and exporting it again.

The file becomes a version of the estate's graph, its devices and its households; the engine
learns of it through the inbox, as of everything else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hub.errors import HubError
from rules.catalogue import device_types
from rules.estate.file import EstateFault, EstateFile, expand, parse, read
from rules.estate.graph import Estate
from rules.records.json_form import as_json
from rules.state.inputs import EstateChanged
from rules.vocabulary.instant import Instant
from store.database.connection import Connection, connect
from store.engine import inbox
from store.engine.inbox import Lane
from store.estate import devices, estates, households
from store.estate.estates import Version
from store.estate.households import NewHousehold
from store.people import audit


class UnreadableFile(HubError):
    """The estate's file cannot be opened."""


class UnknownEstate(HubError):
    """No estate with this id was imported."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did or, on a dry run, would do. Without `changed`, nothing differs."""

    estate: str
    version: int
    changed: bool
    devices_added: tuple[str, ...]
    devices_removed: tuple[str, ...]
    devices_changed: tuple[str, ...]
    households_added: tuple[str, ...]
    households_left: tuple[str, ...]


def import_estate(
    dsn: str, path: Path, *, by: str, now: Instant, dry_run: bool = False
) -> ImportReport:
    """Make the file the estate's graph in force; one that is in force already changes nothing.

    Raises EstateFault: every fault of the file, each with its line. Raises UnreadableFile.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as reason:
        raise UnreadableFile(f"estate file {path}: {reason}; name a readable YAML file") from reason
    try:
        file = read(text)
        estate = expand(file, device_types())
    except EstateFault as fault:
        raise EstateFault(_with_lines(fault.faults, text)) from None
    with connect(dsn, name="estates") as db:
        report = _take_in(db, file, estate, by=by, now=now)
        if dry_run:
            db.rollback()
    return report


def export_estate(dsn: str, estate_id: str) -> str:
    """The graph in force as YAML, in the form that `import_estate` takes. Raises UnknownEstate."""
    with connect(dsn, name="estates") as db:
        latest = estates.latest(db, estate_id)
    if latest is None:
        raise UnknownEstate(f"estate {estate_id!r}: not known; import it first")
    body = parse(latest.body).model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=100)


def _take_in(
    db: Connection, file: EstateFile, estate: Estate, *, by: str, now: Instant
) -> ImportReport:
    body = file.model_dump(mode="json")
    estates.lock(db, estate.id)
    latest = estates.latest(db, estate.id)
    report = _compared(db, estate, latest, changed=latest is None or latest.body != body)
    if not report.changed:
        return report
    estates.save(db, estates.Estate(estate.id, estate.name, estate.timezone), now=now)
    devices.replace_all(db, estate.id, [as_json(device) for device in estate.devices.values()])
    households.replace_all(db, estate.id, list(_households(estate)), now=now)
    estates.add_version(db, estate.id, Version(report.version, body), by=by, now=now)
    change = EstateChanged(report.version, body)
    inbox.append(db, estate_id=estate.id, lane=Lane.COMMANDS, kind="estate", body=change, at=now)
    detail = {"version": report.version}
    audit.append(db, audit.Actor(by, "system"), "estate.import", estate.id, detail, at=now)
    return report


def _compared(
    db: Connection, estate: Estate, latest: Version | None, *, changed: bool
) -> ImportReport:
    before = devices.bodies(db, estate.id)
    after = {device.id: as_json(device) for device in estate.devices.values()}
    lived, live = households.present(db, estate.id), set(estate.households)
    number = latest.number if latest else 0
    return ImportReport(
        estate=estate.id,
        version=number + changed,
        changed=changed,
        devices_added=tuple(sorted(after.keys() - before.keys())),
        devices_removed=tuple(sorted(before.keys() - after.keys())),
        devices_changed=tuple(
            sorted(d for d in after.keys() & before.keys() if after[d] != before[d])
        ),
        households_added=tuple(sorted(live - lived)),
        households_left=tuple(sorted(lived - live)),
    )


def _households(estate: Estate) -> Iterator[NewHousehold]:
    for id_ in estate.households:
        yield NewHousehold(id_, id_ if id_ in estate.units else None)


def _with_lines(faults: list[str], text: str) -> list[str]:
    """Each fault with the line of the file that it is about, where that can be told."""
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError:
        return faults  # says its line already
    lines = [_line_of(root, fault.split(":")[0].split(".")) for fault in faults]
    return [
        f"line {line}: {fault}" if line else fault
        for line, fault in zip(lines, faults, strict=True)
    ]


def _line_of(node: Any, path: list[str]) -> int | None:
    """The line of the deepest node that the path leads to: by key, by index, or by `id`."""
    line = None
    for step in path:
        node = _child(node, step)
        if node is None:
            return line
        line = node.start_mark.line + 1
    return line


def _child(node: Any, step: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode):
        if step.isdigit() and int(step) < len(node.value):
            return node.value[int(step)]
        return next((item for item in node.value if _id_of(item) == step), None)
    return None


def _id_of(node: Any) -> str | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value.value for key, value in node.value if key.value == "id"), None)
