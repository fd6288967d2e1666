"""What an engine lost stands on `/readyz` until somebody has seen it."""

import httpx
import pytest

from rules.state.inputs import Fault
from store.database.connection import connect
from store.engine import inbox
from store.engine.inbox import Lane
from tests.rig.hubs import RunningHub, new_key
from tests.rig.waiting import eventually

SEEN = {"estate": "harbour", "alarm": "rebuilt/7", "reason": "walked through both towers"}


def lose(hub: RunningHub) -> None:
    fault = Fault("rebuilt/7", "no snapshot can be read", "P1")
    with connect(hub.dsn, name="tests") as db:
        inbox.append(
            db, estate_id="harbour", lane=Lane.COMMANDS, kind="fault", body=fault, at=hub.clock()
        )


def engine(hub: RunningHub) -> str:
    return str(httpx.get(f"{hub.url}/readyz").json()["checks"]["engine"])


def test_engine_is_called_rebuilt_and_ready_until_an_operator_has_seen_it(
    system: RunningHub, operator: httpx.Client
) -> None:
    lose(system)
    words = "rebuilt; nobody has seen rebuilt/7 of harbour"
    eventually(lambda: engine(system) == words, what="the engine is called rebuilt")
    assert httpx.get(f"{system.url}/readyz").status_code == 200
    (unseen,) = operator.get("/system-alarms").json()["items"]
    assert (unseen["estate"], unseen["id"]) == ("harbour", "rebuilt/7")
    assert unseen["detail"] == "no snapshot can be read"
    (event,) = operator.post("/system-alarms/see", json=SEEN, headers=new_key()).json()["events"]
    assert (event["kind"], event["reason"]) == ("system.seen", SEEN["reason"])
    assert event["record"]["seen_at"] == event["at"]
    assert engine(system) == "ok"
    assert operator.get("/system-alarms").json()["items"] == []


@pytest.mark.usefixtures("system")
def test_what_nobody_has_to_see_is_refused(operator: httpx.Client) -> None:
    answer = operator.post("/system-alarms/see", json=SEEN, headers=new_key())
    assert answer.json()["type"] == "urn:gatehouse:problem:nothing-unseen"


def test_same_loss_told_again_stands_again(system: RunningHub, operator: httpx.Client) -> None:
    for _ in range(2):
        lose(system)
        eventually(lambda: engine(system).startswith("rebuilt"), what="it stands")
        assert operator.post("/system-alarms/see", json=SEEN, headers=new_key()).status_code == 200
