"""The mutants of a module: its functions, each with one small thing changed.

A comparison, a condition, a logical or an arithmetic operator is turned, a number is off by one, a
truth value is the other one, an effect is dropped: a call for its own sake, an assignment to an
attribute or an item, a sum.

Left out is what says nothing about what a module decides: words (f-strings, what is raised), what
an assertion tells the type checker, annotations, the `strict` of a zip, and what runs once at
import (constants, tables, fields, defaults, decorators), whose only test would be the same table.
"""

import ast
import inspect
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import CodeType
from typing import Any

TURNED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
CONDITIONS = {"test", "ifs", "guard"}
TYPES = {"annotation", "returns"}

Place = tuple[str, int]
"""Where a function begins: its qualified name and its line."""


@dataclass(frozen=True, eq=False)
class Mutant:
    """One change; `functions` holds the code of each function that it changes."""

    path: Path
    line: int
    change: str
    functions: dict[Place, CodeType]

    @property
    def name(self) -> str:
        """The same as long as its function's name and what is changed are."""
        return f"{self.path} {', '.join(sorted(name for name, _ in self.functions))}: {self.change}"

    @property
    def lot(self) -> str:
        """Draws it for a sample."""
        return sha256(self.name.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.change}"


def functions_of(code: CodeType) -> Iterator[tuple[Place, CodeType]]:
    """The outermost functions of a module's code, with those of its classes."""
    for const in code.co_consts:
        if isinstance(const, CodeType):
            if const.co_flags & inspect.CO_OPTIMIZED:
                yield (const.co_qualname, const.co_firstlineno), const
            else:
                yield from functions_of(const)


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of the module at `path`, in the order of its lines."""
    tree = ast.parse(path.read_text())
    name = str(path.resolve())
    whole = dict(functions_of(compile(tree, name, "exec")))
    for holder, field, index, old, new in list(_changes(tree)):
        _put(holder, field, index, new)
        changed = {
            place: code
            for place, code in functions_of(compile(tree, name, "exec"))
            if code != whole[place]
        }
        _put(holder, field, index, old)
        if changed:
            yield Mutant(path, old.lineno, f"`{_short(old)}` becomes `{_short(new)}`", changed)


Change = tuple[ast.AST, str, int | None, ast.expr | ast.stmt, ast.expr | ast.stmt]


def _changes(node: ast.AST) -> Iterator[Change]:
    for field, value in ast.iter_fields(node):
        if field in TYPES:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if _is_silent(child):
                continue
            if isinstance(child, ast.expr | ast.stmt):
                for new in _turned(child, condition=field in CONDITIONS):
                    ast.fix_missing_locations(ast.copy_location(new, child))
                    yield node, field, index, child, new
            if isinstance(child, ast.AST):
                yield from _changes(child)


def _is_silent(node: object) -> bool:
    match node:
        case ast.Raise() | ast.Assert() | ast.JoinedStr() | ast.keyword(arg="strict"):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
            return True
    return False


def _turned(node: ast.expr | ast.stmt, *, condition: bool) -> Iterator[ast.expr | ast.stmt]:
    match node:
        case ast.Compare(left, ops, comparators):
            for index, op in enumerate(ops):
                turned = [*ops[:index], _turn(op), *ops[index + 1 :]]
                yield ast.Compare(left, turned, comparators)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(_turn(op), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield copy(operand)
        case ast.BinOp(left, op, right) if type(op) in TURNED:
            yield ast.BinOp(left, _turn(op), right)
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1)
        case (
            ast.Expr(value=ast.Call())
            | ast.AugAssign()
            | ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_])
        ):
            yield ast.Pass()
        case ast.expr() if condition:
            yield ast.UnaryOp(ast.Not(), node)


def _turn(op: ast.AST) -> Any:
    return TURNED[type(op)]()


def _put(holder: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(holder, field, node)
    else:
        getattr(holder, field)[index] = node


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else f"{text[:67]}..."
