"""`drill`: plan a drill by a scenario's script, start it, and follow it to its score, over HTTP."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

import requests

from simulators.errors import DrillRefused
from simulators.script import Script

_TIMEOUT_S = 30.0
_MILESTONES = ("acknowledged_at", "dispatched_at", "arrived_at", "notified_at")
_OVER = ("ended", "cancelled")


@dataclass(frozen=True, slots=True)
class Staging:
    """Who takes part: `participants` as (user, duty); `households` are enrolled by consent."""

    title: str
    kind: str
    leader: str | None
    participants: tuple[tuple[str, str], ...]
    households: tuple[str, ...]


class DrillClient:
    """Speaks to a running hub at `url`, such as http://127.0.0.1:8080, with a manager's token."""

    def __init__(self, url: str, token: str) -> None:
        self._api = f"{url.rstrip('/')}/api/v1"
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def begin(self, estate: str, script: Script, staging: Staging) -> str:
        """Plan the drill and start it; gives its id. Raises DrillRefused."""
        place = script.place
        body: dict[str, Any] = {
            "estate": estate,
            "kind": staging.kind,
            "title": staging.title,
            "plan": script.plan,
            "level": script.level,
            "leader": staging.leader,
            "participants": [{"user": user, "duty": duty} for user, duty in staging.participants],
            "households": list(staging.households),
            "script": [asdict(injection) for injection in script.injections],
            "building": place.building or "",
            "floor": place.floor,
            "garage": place.garage or "",
        }
        planned = self._order("", body)
        drill = str(planned["events"][0]["record"]["id"])
        self._order(f"/{drill}/start")
        return drill

    def follow(
        self,
        drill: str,
        tell: Callable[[str], None],
        *,
        finish_after_s: float | None = None,
        every_s: float = 1.0,
    ) -> dict[str, Any]:
        """The drill when it has ended; what it reaches meanwhile is told, a line each.

        It is finished here after `finish_after_s` seconds, if that is given. Raises DrillRefused.
        """
        begun, told = time.monotonic(), dict[str, Any]()
        while True:
            record = self._get(drill)
            for name in ("state", *_MILESTONES):
                if record[name] is not None and told.get(name) != record[name]:
                    told[name] = record[name]
                    tell(f"{name.removesuffix('_at'):13} {record[name]}")
            if record["state"] in _OVER:
                return record
            if finish_after_s is not None and time.monotonic() - begun >= finish_after_s:
                self._order(f"/{drill}/finish", {"reason": ""})
            else:
                time.sleep(every_s)

    def _get(self, drill: str) -> dict[str, Any]:
        return self._answer("GET", f"/{drill}", None)

    def _order(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return self._answer("POST", path, body)

    def _answer(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        key = {"Idempotency-Key": uuid4().hex} if method == "POST" else {}
        try:
            answer = self._session.request(
                method, f"{self._api}/drills{path}", json=body, headers=key, timeout=_TIMEOUT_S
            )
            found: dict[str, Any] = answer.json()
        except requests.RequestException as error:
            raise DrillRefused(
                f"no answer from {self._api} ({type(error).__name__}): is the hub running?"
            ) from None
        if not answer.ok:
            errors = found.get("errors") or []
            detail = "; ".join([found.get("detail") or found.get("title", ""), *map(str, errors)])
            raise DrillRefused(f"the hub refused it: {detail}")
        return found


def score_lines(drill: dict[str, Any]) -> list[str]:
    """The score as a table, a line each."""
    score = drill["score"]
    if score is None:
        return ["no score: it was not held"]
    lines = [_line(part) for part in score["parts"]]
    total = "void" if score["total"] is None else f"{score['total']} of 100"
    return [*lines, f"{'score':13} {total}"]


def _line(part: dict[str, Any]) -> str:
    share = part["name"] in ("tasks", "proof")
    reached, target = part["reached"], part["target"]
    if not part["applies"]:
        return f"{part['name']:13} nothing to do"
    shown = "–" if reached is None else f"{reached:.0%}" if share else f"{reached:.0f} s"
    wanted = f"{target:.0%}" if share else f"{target:.0f} s"
    mark = " void" if part["void"] else ""
    points = f"{part['points']:g}/{part['weight']:g}"
    return f"{part['name']:13} {shown:>8} of {wanted:>6}  {points:>9}{mark}"
