"""One more file in the folder of channels is one more channel: everything else asks it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.rig.databases import Databases
from tests.rig.endpoints import Endpoint, Received, endpoint

STORY = "tests.hub.dispatch.one_more_channel.story"


@dataclass(frozen=True)
class Told:
    """What a hub with the channel answered, and what its provider was given."""

    facts: Any
    pages: list[Received]

    def texts_to(self, number: str) -> list[str]:
        """What was posted for this pager."""
        bodies = [json.loads(page.body) for page in self.pages]
        return [body["text"] for body in bodies if body["pager"] == number]


@pytest.fixture(scope="module")
def told(database_server: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    provider: Endpoint
    with database_server.fresh() as dsn, endpoint() as provider:
        folder = tmp_path_factory.mktemp("hub")
        command = [sys.executable, "-m", STORY, dsn, str(folder), provider.url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        yield Told(json.loads(done.stdout.splitlines()[-1]), provider.calls)


def test_it_is_offered_with_what_it_says_of_itself(told: Told) -> None:
    assert told.facts["offered"] == {
        "name": "pager", "label": {"en": "by pager", "zh": "寻呼机"},
        "sides": ["households", "staff"], "evidence": ["sent"],
        "address": {
            "name": "pager", "label": {"en": "Pager", "zh": "寻呼机号码"},
            "hint": {"en": "Seven digits.", "zh": "七位数字。"}, "example": "5550101",
            "typed_as": "text", "pattern": r"^\d{7}$", "longest": 200,
        },
        "cost": "per_message", "refusable": True, "asks_consent": False, "may_repeat": False,
        "set_up": True,
    }  # fmt: skip


def test_its_options_are_settings_and_doctor_looks_at_them(told: Told) -> None:
    assert "GATEHOUSE_PAGER_URL" in told.facts["settings"]
    assert "pager: ready to page" in told.facts["doctor"]


def test_a_policy_may_name_it_for_households_and_for_staff(told: Told) -> None:
    assert told.facts["step_to_households"]["version"] == 2
    assert told.facts["step_to_staff"]["version"] == 2


def test_a_policy_that_misspells_it_is_refused_with_the_names_there_are(told: Told) -> None:
    faults = told.facts["wrong_step"]["errors"]
    fields = [fault["field"].partition(": ")[2] for fault in faults]
    assert fields == [
        "silent_channels[0]", *(f"urgencies.N{n}.steps[3].channel" for n in range(1, 5)),
    ]  # fmt: skip
    names = "chat, mail, pager, resident_page, sms, voice, web_push, webhook"
    assert {fault["remedy"] for fault in faults} == {f"use one of {names}"}


def test_its_address_is_checked_and_masked_by_its_own_rule(told: Told) -> None:
    for refused in ("wrong_address", "wrong_address_of_staff"):
        assert [fault["field"] for fault in told.facts[refused]["errors"]] == ["body.pager"]
    assert told.facts["address"]["pager"] == "*****01"


def test_a_household_is_told_by_it_and_the_evidence_is_kept(told: Told) -> None:
    [text] = told.texts_to("5550101")
    assert "漏水" in text
    assert told.facts["of_notice"] == [["sent", "HTTP 204"]]


def test_a_member_of_staff_is_called_by_it_and_the_evidence_is_kept(told: Told) -> None:
    texts = told.texts_to("5550199")
    assert texts
    assert all("/c/" in text for text in texts), "each leads to where it is answered"
    assert told.facts["of_callout"] == [["sent", "HTTP 204"]]
