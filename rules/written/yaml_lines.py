"""YAML that a person wrote, as plain data that still knows its lines.

Only plain data is read: no tags of programs, no merge keys. Limits in size, depth and number of
values keep a hostile file (an alias bomb, a thousand brackets) from costing anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from rules.written.faults import FileFault, Path, RuleFileFault, dotted

MOST_BYTES = 1_000_000
MOST_DEPTH = 30
MOST_VALUES = 50_000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = {f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq")}
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True, slots=True)
class Located:
    """`data` as `yaml.safe_load` gives it; `lines` has the line, from 1, of every value in it."""

    data: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int:
        """The line of the value at `path`, or of the nearest one around it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str, name: str) -> Located:
    """The one document in `text`; `name` is the file's, for its faults. Raises RuleFileFault."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise RuleFileFault([FileFault(name, 1, "", "", "yaml", str(error))]) from error
    if size > MOST_BYTES:
        raise RuleFileFault([FileFault(name, 1, "", "", "too_large", f"{MOST_BYTES // 1000} kB")])
    try:
        _refuse_depth(text, name)
        root = yaml.compose(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(part for part in (error.context, error.problem) if part)
        raise RuleFileFault(
            [FileFault(name, mark.line + 1 if mark else 1, "", "", "yaml", words)]
        ) from error
    except yaml.YAMLError as error:
        raise RuleFileFault([FileFault(name, 1, "", "", "yaml", str(error))]) from error
    reading = _Reading(name)
    located = Located(reading.value(root, ()) if root is not None else None, reading.lines)
    if reading.faults:
        raise RuleFileFault(reading.faults)
    return located


def _refuse_depth(text: str, name: str) -> None:
    """Events come one by one, so that this costs no stack."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MOST_DEPTH:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise RuleFileFault([FileFault(name, line, "", "", "too_deep", str(MOST_DEPTH))])


class _Reading:
    """Turns nodes into data; an alias is read anew wherever it stands, up to `MOST_VALUES`."""

    def __init__(self, name: str) -> None:
        self.lines: dict[Path, int] = {}
        self.faults: list[FileFault] = []
        self._name = name
        self._left = MOST_VALUES
        self._scalars = yaml.SafeLoader("")

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        self._left -= 1
        if self._left < 0 or len(path) > MOST_DEPTH:
            limit = f"{MOST_VALUES} values, {MOST_DEPTH} levels deep"
            raise RuleFileFault([self._fault(node, path[:4], "", "too_many", limit)])
        if not isinstance(node, yaml.ScalarNode) and node.tag not in _PLAIN:
            self.faults.append(self._fault(node, path, node.tag, "tag", ""))
            return None
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, n)) for n, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE or not isinstance(key_node, yaml.ScalarNode):
                self.faults.append(self._fault(key_node, path, "<<", "merge", ""))
                continue
            key = str(self._scalar(key_node, path))
            if (*path, key) in self.lines:
                self.faults.append(self._fault(key_node, (*path, key), "", "twice", ""))
                continue
            self.lines[*path, key] = key_node.start_mark.line + 1
            yield key, self.value(value_node, (*path, key))

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        try:
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError):
            self.faults.append(self._fault(node, path, node.value, "tag", ""))
            return None

    def _fault(
        self, node: yaml.Node, path: Path, value: str, code: str, expected: str
    ) -> FileFault:
        line = node.start_mark.line + 1
        return FileFault(self._name, line, dotted(path), value[:60], code, expected)
