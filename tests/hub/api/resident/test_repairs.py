"""What a household reports on its page: its ticket, its state, and nothing of anybody else's."""

from typing import Any

import httpx
import pytest

from tests.hub.api.http.pictures import photo
from tests.hub.api.resident.test_page import page_of
from tests.rig.hubs import RunningHub, new_key

REPAIR: dict[str, Any] = {"category": "water", "words": "<script>alert(1)</script> tap drips"}


def test_household_reports_with_a_photo_and_sees_how_it_stands(
    system: RunningHub, operator: httpx.Client
) -> None:
    page = page_of(system, "B1-02-01")
    hash_ = httpx.post(f"{page}/attachments", content=photo()).json()["hash"]
    answer = httpx.post(f"{page}/repairs", headers=new_key(), json={**REPAIR, "photos": [hash_]})
    assert answer.status_code == 200, answer.text
    mine = httpx.get(f"{page}/reports").json()
    [report] = mine["reports"]
    assert (report["kind"], report["state"], report["words"]) == ("repair", "new", REPAIR["words"])
    assert "water" in [category["id"] for category in mine["categories"]]
    assert httpx.get(f"{page_of(system, 'B1-03-01')}/reports").json()["reports"] == []
    [ticket] = operator.get("/tickets").json()["items"]
    assert ticket["photos"] == [hash_]
    assert (ticket["place"]["unit"], ticket["report"]["by"]) == ("B1-02-01", "household:B1-02-01")


@pytest.mark.usefixtures("system")
def test_household_complains(hub: RunningHub) -> None:
    page = page_of(hub, "B1-02-01")
    body = {"words": "nobody came", "demand": "a date"}
    assert httpx.post(f"{page}/complaints", headers=new_key(), json=body).status_code == 200
    [report] = httpx.get(f"{page}/reports").json()["reports"]
    assert report["kind"] == "complaint"


@pytest.mark.usefixtures("system")
def test_page_takes_only_so_many_reports_at_once(hub: RunningHub) -> None:
    page = page_of(hub, "B1-02-01")
    answers = [
        httpx.post(f"{page}/repairs", headers=new_key(), json=REPAIR).status_code for _ in range(6)
    ]
    assert answers == [200] * 5 + [409]


@pytest.mark.only_looks
def test_report_has_six_photos_at_the_most(hub: RunningHub) -> None:
    seven = {**REPAIR, "photos": [f"{n:064x}" for n in range(7)]}
    answer = httpx.post(f"{page_of(hub, 'B1-02-01')}/repairs", headers=new_key(), json=seven)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body.photos"]


@pytest.mark.usefixtures("system")
def test_same_report_sent_again_is_one_ticket(hub: RunningHub, operator: httpx.Client) -> None:
    page, key = page_of(hub, "B1-02-01"), new_key()
    for _ in range(2):
        assert httpx.post(f"{page}/repairs", headers=key, json=REPAIR).status_code == 200
    assert len(operator.get("/tickets").json()["items"]) == 1


@pytest.mark.only_looks
def test_wrong_token_reports_nothing(hub: RunningHub) -> None:
    page = f"{hub.url}/api/v1/resident/{'a' * 43}"
    assert httpx.post(f"{page}/repairs", headers=new_key(), json=REPAIR).status_code == 404
    assert httpx.post(f"{page}/attachments", content=photo()).status_code == 404
