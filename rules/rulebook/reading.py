"""What decides as a person writes it: YAML whose every fault is told by its line.

Shipped and edited rules are read here alike. All faults of a file are told at once, also those
that only the devices and the other rules show.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rules.estate.device_types import DeviceTypes, Signal
from rules.messages.word_faults import word_faults
from rules.rulebook.plan import Plan
from rules.rulebook.plan_faults import blank_words, plan_faults
from rules.rulebook.policy_misfits import Channels, policy_misfits
from rules.rulebook.rule import Rule
from rules.rulebook.rulebook import Policy, PolicyName, Rulebook
from rules.vocabulary.text import Text
from rules.written.faults import FileFault, Path, RuleFileFault, choices, dotted
from rules.written.sentences import short
from rules.written.yaml_lines import Located, read

__all__ = [
    "FileFault", "RuleFileFault", "parse_message", "parse_plan", "parse_policy", "parse_rules",
]  # fmt: skip


def parse_rules(
    text: str, name: str, *, types: DeviceTypes | None = None, rulebook: Rulebook | None = None
) -> list[Rule]:
    """The rules of a file: a list of them, or one alone. `name` is the file's, for its faults.

    `types`: signals must be among those that the devices report; `rulebook`: every name must lead
    somewhere once the rules take the places of those with the same id. Raises RuleFileFault.
    """
    file = read(text, name)
    parts: list[tuple[Path, Any]] = [((), file.data)]
    if isinstance(file.data, list):
        parts = [((n,), part) for n, part in enumerate(file.data)]
    if not file.data:
        raise RuleFileFault([FileFault(name, 1, "", "", "empty")])
    rules: dict[str, tuple[Path, Rule]] = {}
    faults: list[FileFault] = []
    for path, part in parts:
        if types is not None:
            faults += _faults_of_signals(file, name, path, part, types)
        try:
            rule = Rule.model_validate(part)
        except ValidationError as error:
            faults += _faults_of_form(file, name, path, error)
            continue
        if rule.id in rules:
            faults.append(_fault(file, name, (*path, "id"), rule.id, "twice"))
        rules[rule.id] = (path, rule)
    found = {id_: rule for id_, (_, rule) in rules.items()}
    if rulebook is not None:
        merged = rulebook.model_copy(update={"rules": {**rulebook.rules, **found}})
        places = {("rule", id_): path for id_, (path, _) in rules.items()}
        unread = {part.get("id") for _, part in parts if isinstance(part, dict)} - found.keys()
        faults += [f for f in _misfits(file, name, merged, places) if f.value not in unread]
    if faults:
        raise RuleFileFault(faults)
    return list(found.values())


def parse_plan(text: str, name: str, *, rulebook: Rulebook | None = None) -> Plan:
    """One plan; with `rulebook`, as `parse_rules`. Raises RuleFileFault."""
    file = read(text, name)
    try:
        plan = Plan.model_validate(file.data)
    except ValidationError as error:
        raise RuleFileFault(list(_faults_of_form(file, name, (), error))) from error
    if rulebook is not None:
        faults = [_fault(file, name, *found) for found in plan_faults(plan)] + _blanks(file, name)
        merged = rulebook.model_copy(update={"plans": {**rulebook.plans, plan.id: plan}})
        if faults := faults + _misfits(file, name, merged, {("plan", plan.id): ()}):
            raise RuleFileFault(faults)
    return plan


def parse_message(text: str, name: str) -> Text:
    """The message `name` in both languages, every placeholder of which something fills.

    Raises RuleFileFault.
    """
    file = read(text, name)
    try:
        message = TypeAdapter(Text).validate_python(file.data)
    except ValidationError as error:
        raise RuleFileFault(list(_faults_of_form(file, name, (), error))) from error
    faults = [
        FileFault(name, file.line_of((f.language,)), f.language, f.value, f.code, f.expected)
        for f in word_faults(name, message)
    ]
    if faults:
        raise RuleFileFault(faults)
    return message


def parse_policy(text: str, name: PolicyName, rulebook: Rulebook, channels: Channels) -> Policy:
    """The policy `name`, which has to fit `rulebook` and `channels`. Raises RuleFileFault."""
    file = read(text, name)
    form: Any = Rulebook.model_fields[name].annotation
    try:
        policy: Policy = TypeAdapter(form).validate_python(file.data)
    except ValidationError as error:
        raise RuleFileFault(list(_faults_of_form(file, name, (), error))) from error
    faults = [
        _fault(file, name, path, value, code, expected)
        for path, value, code, expected in policy_misfits(policy, name, rulebook, channels)
    ]
    faults += _blanks(file, name)
    merged = rulebook.model_copy(update={name: policy})
    if faults := faults or _misfits(file, name, merged, {}):
        raise RuleFileFault(faults)
    return policy


def _blanks(file: Located, name: str) -> list[FileFault]:
    return [_fault(file, name, path, "", "blank") for path in blank_words(file.data)]


def _fault(
    file: Located, name: str, path: Path, value: str, code: str, expected: Collection[str] = ()
) -> FileFault:
    shown = path[1:] if isinstance(file.data, list) else path
    field = dotted(shown)
    listed = choices(expected, value) if expected else ""
    return FileFault(name, file.line_of(path), field, value, code, listed)


def _misfits(
    file: Located, name: str, merged: Rulebook, places: Mapping[tuple[str, str], Path]
) -> list[FileFault]:
    """Those of the file's own entries; others are named at its end, where the file caused them."""
    faults = []
    for misfit in merged.misfits():
        place = places.get((misfit.noun, misfit.id))
        if place is None:
            faults.append(FileFault(name, 1, "", misfit.id, "meaning", str(misfit)))
        else:
            path = (*place, *misfit.path)
            line, field = file.line_of(path), dotted(misfit.path)
            faults.append(FileFault(name, line, field, misfit.value, misfit.code, misfit.expected))
    return faults


_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "unexpected_keyword_argument": "unknown_field",
    "greater_than": "too_small",
    "greater_than_equal": "too_small_or_equal",
    "less_than": "too_big",
    "less_than_equal": "too_big_or_equal",
    "literal_error": "not_a_choice",
    "enum": "not_a_choice",
    "string_pattern_mismatch": "pattern",
    "string_type": "not_a_word",
    "list_type": "not_a_list",
    "dict_type": "not_a_mapping",
    "model_type": "not_a_mapping",
    "dataclass_type": "not_a_mapping",
    "bool_type": "not_a_flag",
    "bool_parsing": "not_a_flag",
    "float_type": "not_a_number",
    "float_parsing": "not_a_number",
    "int_type": "not_a_number",
    "int_parsing": "not_a_number",
    "int_from_float": "not_a_number",
}
_EXPECTED = ("expected", "gt", "ge", "lt", "le", "pattern")


def _faults_of_form(
    file: Located, name: str, base: Path, error: ValidationError
) -> Iterator[FileFault]:
    """One for each place: of a union's several complaints the last is told, the words' one."""
    found: dict[tuple[Path, str], FileFault] = {}
    for complaint in error.errors():
        kind = complaint["type"]
        path = _path_in(file.data, base, complaint["loc"], missing=kind == "missing")
        value = "" if kind == "missing" else _shown(complaint["input"])
        code = _CODES.get(kind, "meaning")
        context = complaint.get("ctx", {})
        expected = next((_plainly(context[k]) for k in _EXPECTED if k in context), "")
        if code == "meaning":
            expected = complaint["msg"].removeprefix("Value error, ")
            value = value if isinstance(complaint["input"], str | int | float) else ""
        words = expected.replace("'", "").replace(" or ", ", ")
        expected = words if code == "not_a_choice" else expected
        found[path, "" if code.startswith("not_a_") else code] = _fault(
            file, name, path, value, code, [expected] if expected else ()
        )
    yield from found.values()


def _shown(value: object) -> str:
    return short(value).strip("'") if isinstance(value, str) else short(value)


def _plainly(limit: object) -> str:
    return f"{limit:g}" if isinstance(limit, float) else str(limit)


def _path_in(data: Any, base: Path, loc: tuple[int | str, ...], *, missing: bool) -> Path:
    """`loc` as far as it leads through the file: pydantic adds names of its own (`float`)."""
    path = base
    for part in base:
        data = data[part]
    for n, part in enumerate(loc):
        is_there = part in data if isinstance(data, dict) else _is_place(data, part)
        if is_there:
            data = data[part]
        elif not (missing and n == len(loc) - 1):
            continue
        path = (*path, part)
    return path


def _is_place(data: Any, part: int | str) -> bool:
    return isinstance(data, list) and isinstance(part, int) and part < len(data)


def _faults_of_signals(
    file: Located, name: str, path: Path, rule: Any, types: DeviceTypes
) -> Iterator[FileFault]:
    """Whether every leaf reads what all of its devices report, and asks for what they may say."""
    if not isinstance(rule, dict):
        return
    own = rule.get("device_types")
    own = own if isinstance(own, list) else []
    for n, type_ in enumerate(own):
        if type_ not in types.by_id:
            where = (*path, "device_types", n)
            yield _fault(file, name, where, str(type_), "unknown_type", types.by_id)
    for leaf_path, leaf in _leaves(rule.get("when"), (*path, "when")):
        of = leaf.get("of")
        named = [of.get("type")] if isinstance(of, dict) else own
        if isinstance(of, dict) and of.get("type") not in types.by_id:
            where = (*leaf_path, "of", "type")
            yield _fault(file, name, where, str(of.get("type")), "unknown_type", types.by_id)
        reported = [types.by_id[t].signals for t in named if t in types.by_id]
        yield from _faults_of_leaf(file, name, leaf_path, leaf, reported)


def _faults_of_leaf(
    file: Located, name: str, path: Path, leaf: dict[str, Any], reported: list[dict[str, Signal]]
) -> Iterator[FileFault]:
    signal = leaf["signal"]
    if not all(signal in signals for signals in reported):
        common = set.intersection(*(set(signals) for signals in reported))
        yield _fault(file, name, (*path, "signal"), str(signal), "unknown_signal", common)
        return
    states = {state for signals in reported for state in signals[signal].states}
    listed = leaf.get("one_of")
    asked: list[tuple[Path, Any]] = [(("equals",), leaf["equals"])] if "equals" in leaf else []
    asked += [(("one_of", n), v) for n, v in enumerate(listed if isinstance(listed, list) else [])]
    for where, value in asked:
        if states and value not in states:
            yield _fault(file, name, (*path, *where), str(value), "unknown_state", states)


def _leaves(part: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every mapping with a `signal` in a condition, however deep."""
    if isinstance(part, dict):
        if isinstance(part.get("signal"), str):
            yield path, part
        for key, value in part.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(part, list):
        for n, value in enumerate(part):
            yield from _leaves(value, (*path, n))
