"""What conditions remember is read from every form that a release gave it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rules import snapshot
from rules.conditions.leaves import LeafMemory
from rules.conditions.memory import Memory
from rules.state.state import State
from rules.watching.watch import Watch
from tests.rules.conditions.remembering import COURSE, KINDS, played, rules
from tests.rules.one_rule import Bench

RELEASED = sorted((Path(__file__).parent / "released").glob("*.msgpack"))
HOUR_S = 3600.0


def remembered(watch: Watch) -> Any:
    return msgspec.to_builtins(watch.memory())


def goes_on(state: State) -> list[tuple[float, str]]:
    """What an hour more comes to."""
    bench = Bench(rules())
    bench.state, bench.now, bench.outcomes = state, played().now, []
    later = [(at_s + HOUR_S / 4, signal, value) for at_s, signal, value in COURSE]
    bench.play(later)
    return bench.until(3 * HOUR_S)


@pytest.mark.parametrize("release", RELEASED, ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", KINDS)
def test_condition_of_this_kind_remembers_all_that_the_release_wrote(
    release: Path, kind: str
) -> None:
    state = snapshot.load(release.read_bytes(), rules())
    watch, true = (
        next(w for w in s.watches if w.key == f"{kind}/l1") for s in (state, played().state)
    )
    assert remembered(watch) == remembered(true)
    assert any(leaf.at for leaf in watch.leaves)


@pytest.mark.parametrize("release", RELEASED, ids=lambda path: path.stem)
def test_state_of_a_release_goes_on_as_if_nothing_had_been(release: Path) -> None:
    state = snapshot.load(release.read_bytes(), rules())
    assert state.begun_anew == []
    assert snapshot.save(state) == snapshot.save(played().state)
    assert goes_on(state) == goes_on(played().state) != []


def spoilt(change: Callable[[dict[str, Any]], None]) -> State:
    """The state, loaded after `change` of what its watches remember."""
    data = msgspec.msgpack.decode(snapshot.save(played().state))
    change(data["watches"])
    return snapshot.load(msgspec.msgpack.encode(data), rules())


def of_another_kind(watches: dict[str, Any]) -> None:
    watches["sequence/l1"]["condition"] = watches["several/l1"]["condition"]


def of_a_later_version(watches: dict[str, Any]) -> None:
    watches["sequence/l1"]["kind"] = "watch/999"


def nonsense(watches: dict[str, Any]) -> None:
    watches["sequence/l1"] = ["nonsense"]


@pytest.mark.parametrize("change", [of_another_kind, of_a_later_version, nonsense])
def test_one_unreadable_memory_leaves_the_others_as_they_were(
    change: Callable[[dict[str, Any]], None],
) -> None:
    state, true = spoilt(change), played().state
    assert state.begun_anew == ["sequence/l1"]
    others = KINDS.keys() - {"sequence"}
    there, meant = ({w.rule.id: w for w in s.watches if w.device.id == "l1"} for s in (state, true))
    assert all(remembered(there[kind]) == remembered(meant[kind]) for kind in others)
    watch = there["sequence"]
    assert (watch.raised, watch.alarm_id) == (True, meant["sequence"].alarm_id)


def test_device_that_was_only_heard_has_the_value_of_silence() -> None:
    assert LeafMemory.read([False, None, 7]) == LeafMemory(truth=False, value=0.0, at=7)


class Grown(Memory, tag="grown/3"):
    """Version 1 had a name for `count`, version 2 another."""

    upcasts = (
        lambda values: {"n": values[0]},
        lambda saved: {"number": saved["n"]},
        lambda saved: {"count": saved["number"] + 1},
    )
    count: int
    later: str = "none yet"


@pytest.mark.parametrize(
    "saved",
    [[4], {"kind": "grown/1", "n": 4}, {"kind": "grown/2", "number": 4},
     {"kind": "grown/3", "count": 5}],
)  # fmt: skip
def test_older_version_is_brought_forward_step_by_step(saved: Any) -> None:
    assert Grown.read(saved) == Grown(5)
