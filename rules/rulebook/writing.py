"""What decides as YAML that a person reads: what is as by default is left out."""

import re
from typing import Any

import yaml
from pydantic import BaseModel

from rules.rulebook.plan import Plan
from rules.rulebook.rule import Rule
from rules.rulebook.rulebook import Policy
from rules.vocabulary.text import Text

_WIDTH = 100
_LONGEST = 84
"""What is longer stands on several lines."""


_Base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""In C where there is one: an estate's first rulebook writes every part of it."""


class _Dumper(_Base):  # type: ignore[misc]
    """Short mappings and lists of plain values stand on one line, as in the catalogue."""

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> Any:
        return self._shaped(super().represent_mapping(tag, mapping, flow_style))

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> Any:
        return self._shaped(super().represent_sequence(tag, sequence, flow_style))

    def ignore_aliases(self, data: Any) -> bool:
        return True

    @staticmethod
    def _shaped(node: yaml.CollectionNode) -> yaml.CollectionNode:
        node.flow_style = _is_flat(node) and _length(node) < _LONGEST
        return node


def _is_flat(node: yaml.CollectionNode) -> bool:
    if isinstance(node, yaml.SequenceNode):
        return all(isinstance(item, yaml.ScalarNode) for item in node.value)
    return all(isinstance(v, yaml.ScalarNode) or v.flow_style for _, v in node.value)


def _length(node: yaml.Node) -> int:
    """About so many columns on one line; Chinese characters take two."""
    if isinstance(node, yaml.ScalarNode):
        return sum(2 if ord(char) > 0x2E80 else 1 for char in node.value) + 2
    if isinstance(node, yaml.SequenceNode):
        return sum(_length(item) for item in node.value) + 2
    return sum(_length(key) + _length(value) for key, value in node.value) + 2


def words_of(part: Rule | Plan | Text | Policy) -> str:
    """The part in the form of the catalogue's files, without its version."""
    data: dict[str, Any]
    if isinstance(part, Text):
        data = {"en": part.en, "zh": part.zh}
    elif isinstance(part, dict):
        data = {key: _data_of(level) for key, level in part.items()}
    else:
        data = _data_of(part)
    words: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return words


def _data_of(part: BaseModel) -> Any:
    return _plain(
        part.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"version"})
    )


def with_switch(words: str, *, enabled: bool) -> str:
    """A rule's words, comments and all, with the rule switched on or off."""
    kept = re.sub(r"(?m)^enabled:.*\n?", "", words)
    if enabled:
        return kept
    return re.sub(r"(?m)^(id:.*\n)", r"\1enabled: false\n", kept, count=1)


def _plain(value: Any) -> Any:
    """Whole numbers without a `.0`, as people write them."""
    if isinstance(value, dict):
        return {key: _plain(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
