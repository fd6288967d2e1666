"""Sends the tests after the mutants: each in a fork of one process that has collected them all.

So a mutant costs its tests alone and no imports: in the fork its functions are given their changed
code, wherever they were imported to. Of the tests only those run that run such a function, the
nearest to the module first, then the fastest.
"""

import gc
import os
import pickle
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import _lru_cache_wrapper
from pathlib import Path
from tempfile import TemporaryFile
from types import CodeType, FrameType, FunctionType
from typing import Any, TypeVar

import hypothesis
import pytest

from tests.mutants.mutations import Mutant, Place

ROOT = Path.cwd()
TESTS = Path("tests/rules")
CACHING = ("rules.", "tests.")
PATIENCE_S = 15
"""Longer than it took without a mutant, and it never ends: it counts as killed."""
MEMORY = 4 * 1024**3
ENOUGH_S = 10
"""So long the tests of a mutant may take without it; the farthest and slowest are left out."""

Task = TypeVar("Task")
Where = tuple[str, Place]
"""A function, with its file."""


@dataclass(frozen=True)
class Reach:
    """What a test runs, and how long it takes."""

    took_s: float
    functions: frozenset[Where]


@dataclass
class Hunt:
    """A plugin that runs mutants where pytest would run tests; `killers` has those that die.

    `known` names the test that killed a mutant before: it alone runs, and no test is traced; where
    it is gone, those near the module run.
    """

    mutants: list[Mutant]
    known: dict[Mutant, str]
    killers: dict[Mutant, str] = field(default_factory=dict)

    def pytest_configure(self) -> None:
        """What fails is not made smaller, and the examples are the same every time."""
        hypothesis.settings.register_profile(
            "mutants",
            parent=hypothesis.settings.get_profile("gatehouse"),
            phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
            derandomize=True,
            database=None,
        )
        hypothesis.settings.load_profile("mutants")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Runs no test in this process."""
        session.config.pluginmanager.unregister(name="terminalreporter")
        living, caches = _living()
        reaches = {} if self.known else _reaches(session)

        def hunt(mutant: Mutant) -> str | None:
            tests = self._tests(mutant, session.items, reaches)
            took_s = sum(reaches[item.nodeid].took_s for item in tests if reaches)
            resource.setrlimit(resource.RLIMIT_CPU, (round(took_s) + PATIENCE_S,) * 2)
            for cache in caches:
                cache.cache_clear()
            for where in _functions(mutant):
                for function in living.get(where, []):
                    function.__code__ = mutant.functions[where[1]]
            return _first_to_fail(session, tests)

        for mutant, (ended, killer) in _forked(hunt, self.mutants):
            if killer or not ended:
                self.killers[mutant] = killer or "it never ends"
        return True

    def _tests(
        self, mutant: Mutant, items: Iterable[pytest.Item], reaches: dict[str, Reach]
    ) -> list[pytest.Item]:
        if self.known:
            killer = [item for item in items if item.nodeid == self.known[mutant]]
            return killer or [item for item in items if _distance(item, mutant) < _FAR]
        functions = _functions(mutant)
        near = sorted(
            (item for item in items if functions & reaches[item.nodeid].functions),
            key=lambda item: (_distance(item, mutant), reaches[item.nodeid].took_s),
        )
        chosen: list[pytest.Item] = []
        took_s = 0.0
        for item in near:
            took_s += reaches[item.nodeid].took_s
            if chosen and took_s > ENOUGH_S:
                break
            chosen.append(item)
        return chosen


_FAR = 2


def _distance(test: pytest.Item, mutant: Mutant) -> int:
    """0: the tests of its module, 1: those of its folder and of its noun, 2: all others."""
    file = test.path.relative_to(ROOT)
    folder = "tests" / mutant.path.parent
    if file == folder / f"test_{mutant.path.stem}.py":
        return 0
    return 1 if file.parent in (folder, TESTS / mutant.path.stem) else _FAR


def _functions(mutant: Mutant) -> set[Where]:
    return {(str(ROOT / mutant.path), place) for place in mutant.functions}


def _where(code: CodeType) -> Where:
    return code.co_filename, (code.co_qualname, code.co_firstlineno)


def _is_ours(code: CodeType) -> bool:
    return code.co_filename.startswith(str(ROOT / "rules"))


def _living() -> tuple[dict[Where, list[FunctionType]], list[Any]]:
    """The functions of the rules wherever they are held, and what remembers their answers."""
    functions: dict[Where, list[FunctionType]] = {}
    caches = []
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and _is_ours(thing.__code__):
            functions.setdefault(_where(thing.__code__), []).append(thing)
        elif isinstance(thing, _lru_cache_wrapper) and thing.__module__.startswith(CACHING):
            caches.append(thing)
    return functions, caches


def _first_to_fail(session: pytest.Session, tests: list[pytest.Item]) -> str | None:
    for n, item in enumerate(tests, 1):
        following = tests[n] if n < len(tests) else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return item.nodeid
    return None


def _reaches(session: pytest.Session) -> dict[str, Reach]:
    """Runs every test once; raises SystemExit where one fails without any mutant."""
    by_file: dict[Path, list[pytest.Item]] = {}
    for item in session.items:
        by_file.setdefault(item.path, []).append(item)

    def trace(tests: list[pytest.Item]) -> dict[str, Reach] | None:
        found: dict[str, Reach] = {}
        seen: set[CodeType] = set()

        def look(frame: FrameType, _event: str, _argument: object) -> None:
            seen.add(frame.f_code)

        for item in tests:
            seen.clear()
            begun_s = time.process_time()
            sys.settrace(look)
            failed = _first_to_fail(session, [item])
            sys.settrace(None)
            if failed:
                return None
            functions = frozenset(_where(code) for code in seen if _is_ours(code))
            found[item.nodeid] = Reach(time.process_time() - begun_s, functions)
        return found

    reaches: dict[str, Reach] = {}
    for tests, (_, found) in _forked(trace, list(by_file.values())):
        if found is None:
            sys.exit(f"{tests[0].path} fails without any mutant")
        reaches |= found
    return reaches


def _forked(
    work: Callable[[Task], Any], tasks: list[Task]
) -> Iterator[tuple[Task, tuple[bool, Any]]]:
    """Does each in a process of its own: whether that ended in time, and what came of it."""
    waiting = list(reversed(tasks))
    running: dict[int, tuple[Task, Any]] = {}
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            task, answer = waiting.pop(), TemporaryFile()  # noqa: SIM115 - the child writes it
            if child := os.fork():
                running[child] = task, answer
            else:
                _alone(lambda task=task: work(task), answer)  # type: ignore[misc]
        child, status = os.wait()
        task, answer = running.pop(child)
        with answer:
            answer.seek(0)
            yield task, (status == 0, pickle.load(answer) if status == 0 else None)


def _alone(work: Callable[[], Any], answer: Any) -> None:
    """Ends this process once `work` is done and told, or by force where it never ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        pickle.dump(work(), answer)
        answer.flush()
        os._exit(0)
    finally:
        os._exit(1)
