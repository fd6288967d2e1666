"""A hub whose folder of channels has one file more: what it makes of it, as JSON.

`python -m tests.hub.dispatch.one_more_channel.story DSN FOLDER URL` runs in a process of its own,
as a channel is there from the start of a hub.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import httpx

from hub.dispatch import channels

channels.__path__.append(str(Path(__file__).with_name("channels")))

from hub.clock import system_clock  # noqa: E402 - the channels are known from here on
from hub.dispatch.registry import options  # noqa: E402
from hub.process import doctor  # noqa: E402
from store.database.settings import options_of  # noqa: E402
from tests.hub.conftest import spring_a_leak  # noqa: E402
from tests.rig.estates import settle  # noqa: E402
from tests.rig.hubs import RunningHub, running_engine, running_hub  # noqa: E402
from tests.rig.staff import call_staff, open_calls  # noqa: E402
from tests.rig.waiting import eventually  # noqa: E402

CONTACTS = "/households/harbour/{}/contacts"
PERSON = {"relation": "resident", "name": "Resident 01-01", "reason": "asked to be paged"}


def main(dsn: str, folder: Path, url: str) -> dict[str, Any]:
    """Everything that is asked of a channel."""
    settle(dsn, folder, now=system_clock())
    with (
        running_hub(dsn, folder / "data", pager_url=url) as hub,
        running_engine(dsn, clock=hub.clock),
        hub.client("admin") as admin,
    ):
        kinds = admin.get("/channels").json()["items"]
        facts = {
            "offered": next(kind for kind in kinds if kind["name"] == "pager"),
            "settings": [option.variable for kind in options() for option in options_of(kind)],
            "doctor": [finding.what for finding in doctor.examine(folder / "data", lambda: dsn)],
            "wrong_step": saved(admin, "notice_policy", "webhook", "pagre"),
            "step_to_households": saved(admin, "notice_policy", "webhook", "pager"),
            "step_to_staff": saved(admin, "escalation_policy", "web_push", "pager"),
            "wrong_address": admin.post(
                CONTACTS.format("B1-01-01"), json={**PERSON, "pager": "12"}
            ).json(),
            "wrong_address_of_staff": admin.put(
                "/users/engineer/contact", json={"pager": "x"}
            ).json(),
            "address": admin.post(
                CONTACTS.format("B1-01-01"), json={**PERSON, "pager": "5550101"}
            ).json(),
        }
        spring_a_leak(hub)
        call_staff(hub, {"pager": "5550199"})
        return {**facts, "of_notice": of_notice(admin), "of_callout": of_callout(hub, admin)}


def saved(admin: httpx.Client, policy: str, beside: str, channel: str) -> Any:
    """The answer to a policy that has one more step beside those of another channel."""
    force = admin.get(f"/policies/{policy}", params={"estate": "harbour"}).json()
    step = rf"\1\n\2{{channel: {channel}}}"
    yaml = re.sub(rf"(?m)^(( *- ){{channel: {beside}}})$", step, force["yaml"])
    yaml = yaml.replace("silent_channels: [", f"silent_channels: [{channel}, ")
    body = {"yaml": yaml, "version": force["version"], "reason": "pagers are tried"}
    answer = admin.put(f"/policies/{policy}", params={"estate": "harbour"}, json=body)
    return answer.json()


def of_notice(admin: httpx.Client) -> Any:
    """The evidence of the pager for the household that has one."""
    found = admin.get("/notices").json()["items"]
    notice = next(n["id"] for n in found if n["household"] == "B1-01-01")
    return paged(admin, f"/notices/{notice}/attempts", "items")


def of_callout(hub: RunningHub, admin: httpx.Client) -> Any:
    """The evidence of the pager for the engineer who is called."""
    [call] = open_calls(hub)
    return paged(admin, f"/callouts/{call['id']}", "attempts")


def paged(admin: httpx.Client, path: str, key: str) -> Any:
    def attempts() -> Any:
        tried = admin.get(path).json()[key]
        return [(a["state"], a["evidence"]) for a in tried if a["channel"] == "pager"]

    return eventually(attempts, what="the pager was tried")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])))
