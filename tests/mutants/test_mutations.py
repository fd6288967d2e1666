"""What a mutant is, and what is none."""

from pathlib import Path
from types import FunctionType

import pytest

from tests.mutants.mutations import mutants


def changes(tmp_path: Path, source: str) -> list[str]:
    module = tmp_path / "module.py"
    module.write_text(source)
    return [mutant.change for mutant in mutants(module)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("return a < b", ["`a < b` becomes `a <= b`"]),
        ("return a is b is c", [
            "`a is b is c` becomes `a is not b is c`", "`a is b is c` becomes `a is b is not c`",
        ]),
        ("return a and not b", [
            "`a and (not b)` becomes `a or not b`", "`not b` becomes `b`",
        ]),
        ("return a + 1", ["`a + 1` becomes `a - 1`", "`1` becomes `2`"]),
        ("return True", ["`True` becomes `False`"]),
        ("if a:\n        return b", ["`a` becomes `not a`"]),
        ("return [b for b in a if b]", ["`b` becomes `not b`"]),
        ("a.b()", ["`a.b()` becomes `pass`"]),
        ("a.b = c", ["`a.b = c` becomes `pass`"]),
        ("a[b] = c", ["`a[b] = c` becomes `pass`"]),
        ("a += b", ["`a += b` becomes `pass`"]),
    ],
)  # fmt: skip
def test_a_mutant_changes_one_small_thing(tmp_path: Path, body: str, found: list[str]) -> None:
    assert changes(tmp_path, f"def f(a, b, c):\n    {body}\n") == found


@pytest.mark.parametrize(
    "body",
    [
        '"""Words."""',
        "raise ValueError(a + 1)",
        'return f"{a + 1}"',
        "assert a is not None",
        "return zip(a, b, strict=True)",
        "assert_never(a)",
        "d: int | None = a",
    ],
)
def test_words_and_what_the_type_checker_is_told_are_none(tmp_path: Path, body: str) -> None:
    assert changes(tmp_path, f"def f(a, b):\n    {body}\n") == []


def test_what_runs_once_at_import_is_none(tmp_path: Path) -> None:
    source = "LIMIT = 1 + 2\n\nclass A:\n    most = 3\n\n    def f(self, a=4):\n        return a\n"
    assert changes(tmp_path, source) == []


def test_a_mutant_changes_its_function_alone_and_is_drawn_by_what_it_is(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    two = "def g():\n    return 7\n\n\ndef f(a):\n    return a > 3\n"
    module.write_text(two)
    turned, _ = [m for m in mutants(module) if m.line == 6]
    [(place, code)] = turned.functions.items()
    assert place == ("f", 5)
    assert FunctionType(code, {})(3) is True
    module.write_text("# later\n" + two)
    assert turned.lot in {mutant.lot for mutant in mutants(module)}
