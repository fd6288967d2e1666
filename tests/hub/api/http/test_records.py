"""Lists and single records: the JSON that the events wrote, page by page."""

import httpx
import pytest

from hub.clock import system_clock
from store.database.connection import connect
from tests.rig.estates import leak
from tests.rig.hubs import RunningHub, plain_client
from tests.rig.waiting import eventually


@pytest.mark.only_looks
@pytest.mark.usefixtures("leaking")
def test_an_incident_comes_with_all_that_belongs_to_it(operator: httpx.Client) -> None:
    incident = operator.get("/incidents/harbour-i1").json()
    assert incident["kind"] == "pipe"
    assert [alarm["id"] for alarm in incident["alarms"]] == ["harbour-a1"]
    assert [t["id"] for t in incident["tickets"]] == ["harbour-t1"]
    assert incident["notices"] == {"total": 2, "by_state": {"delivered": 2}}
    kinds = [event["kind"] for event in incident["events"]]
    assert kinds[:3] == ["alarm.raised", "incident.opened", "ticket.opened"]
    seqs = [event["seq"] for event in incident["events"]]
    assert seqs == sorted(seqs)


@pytest.mark.only_looks
@pytest.mark.usefixtures("leaking")
def test_told_households_are_named_by_their_flats(operator: httpx.Client) -> None:
    page = operator.get("/incidents/harbour-i1/notices").json()
    told = {(n["household"], n["unit"], n["name"]) for n in page["items"]}
    assert told == {
        ("B1-02-01", "02-01", "02-01"),
        ("B1-01-01", "01-01", "01-01"),
    }


@pytest.mark.only_looks
@pytest.mark.usefixtures("leaking")
def test_lists_filter(operator: httpx.Client) -> None:
    def ids(path: str) -> list[str]:
        return [item["id"] for item in operator.get(path).json()["items"]]

    assert ids("/alarms?active=true") == ids("/alarms") == ["harbour-a1"]
    assert ids("/alarms?active=false") == ids("/alarms?estate=elsewhere") == []
    assert ids("/incidents?state=open") == ["harbour-i1"]
    assert ids("/incidents?state=closed") == []
    assert ids("/tickets?state=new&class=urgent") == ["harbour-t1"]
    assert ids("/tickets?class=emergency") == ids("/tickets?state=closed") == []
    assert len(ids("/notices?incident=harbour-i1")) == 2
    assert ids("/devices?type=leak&floor=2") == ["b1-02-01-kitchen-leak", "b1-02-02-kitchen-leak"]
    assert ids("/devices?building=B9") == []
    assert ids("/estates") == ["harbour"]
    assert "leak" in ids("/rules")
    assert "PIPE" in ids("/plans")


@pytest.mark.parametrize("path", ["/alarms", "/devices", "/notices", "/events"])
def test_pages_give_every_item_once(leaking: RunningHub, operator: httpx.Client, path: str) -> None:
    leak(leaking.dsn, now=system_clock(), device="b1-03-02-kitchen-leak")
    eventually(lambda: len(operator.get("/alarms").json()["items"]) == 2, what="another alarm")

    def nothing_on_its_way() -> bool:
        return all(n["state"] != "queued" for n in operator.get("/notices").json()["items"])

    eventually(nothing_on_its_way, what="the notices are sent")
    whole = operator.get(f"{path}?limit=400").json()
    assert whole["next"] is None
    found, cursor = [], None
    while True:
        params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = operator.get(path, params=params).json()
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == whole["items"]


@pytest.mark.only_looks
@pytest.mark.parametrize("cursor", ["x", "eA", "bm90IG9uZQ", "MjAyNi0xMS0yNCBh", "AAAA"])
@pytest.mark.parametrize("path", ["/alarms", "/incidents", "/tickets", "/notices"])
def test_a_cursor_that_is_none_of_ours_is_refused(
    operator: httpx.Client, path: str, cursor: str
) -> None:
    answer = operator.get(path, params={"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "query.cursor"


@pytest.mark.only_looks
@pytest.mark.parametrize("path", ["/alarms/x", "/incidents/x", "/tickets/x"])
def test_what_is_not_there_is_not_found(operator: httpx.Client, path: str) -> None:
    answer = operator.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_readings_are_read_by_time_in_either_form(hub: RunningHub, operator: httpx.Client) -> None:
    with connect(hub.dsn, name="tests") as db:
        db.execute(
            "INSERT INTO reading (estate_id, device_id, signal, ts, received_at, value, state)"
            " SELECT 'harbour', 'b1-mains', 'voltage_v', to_timestamp(1700000000 + n),"
            " now(), 220 + n, NULL FROM generate_series(0, 9) n"
        )
        db.execute(
            "INSERT INTO reading (estate_id, device_id, signal, ts, received_at, state) VALUES"
            " ('harbour', 'b1-mains', 'panel_state', to_timestamp(1700000000), now(), 'fire')"
        )

    def values(**params: str | int) -> list[float]:
        query = {"device": "b1-mains", "signal": "voltage_v", **params}
        answer = operator.get("/readings", params=query)
        assert answer.status_code == 200, answer.text
        return [item["value"] for item in answer.json()["items"]]

    assert values(**{"from": 1700000002, "to": 1700000005}) == [222, 223, 224]
    assert values(**{"from": "2023-11-14T22:13:28Z", "to": "2023-11-14T23:00:00+00:00"}) == [
        228,
        229,
    ]
    query = "device=b1-mains&signal=voltage_v&from=1700000000&to=1700001000&limit=4"
    page = operator.get(f"/readings?{query}").json()
    assert [item["value"] for item in page["items"]] == [220, 221, 222, 223]
    rest = operator.get(f"/readings?{query}&cursor={page['next']}").json()
    assert [item["value"] for item in rest["items"]] == [224, 225, 226, 227]
    last = operator.get(f"/readings?{query}&cursor={rest['next']}").json()
    assert ([item["value"] for item in last["items"]], last["next"]) == ([228, 229], None)
    query = "device=b1-mains&signal=panel_state&from=1700000000&to=1700000001"
    [item] = operator.get(f"/readings?{query}").json()["items"]
    assert (item["value"], item["quality"]) == ("fire", 0)


@pytest.mark.only_looks
@pytest.mark.parametrize(
    "query",
    [
        {"from": "yesterday"},
        {"from": "2023-11-14T22:13:28"},
        {"from": 1700000005, "to": 1700000002},
        {"from": 0},
        {"to": "0001-01-01T00:00:00Z"},
        {"to": "9999-12-31T23:59:59Z"},
        {"limit": 0},
    ],
)
def test_an_unusable_time_range_is_refused(
    operator: httpx.Client, query: dict[str, str | int]
) -> None:
    params = {"device": "b1-mains", "signal": "voltage_v", **query}
    assert operator.get("/readings", params=params).status_code == 422


@pytest.mark.only_looks
def test_everything_but_the_residents_page_needs_a_sign_in(hub: RunningHub) -> None:
    paths = httpx.get(f"{hub.url}/api/v1/openapi.json").json()["paths"]
    open_to_all = {"/healthz", "/readyz", "/metrics"}
    by_token = ("/resident/", "/calls/", "/receipts/", "/by-token/")
    closed = [
        (method, path)
        for path, methods in paths.items()
        for method in methods
        if path not in open_to_all and not any(part in path for part in by_token)
        if (method, path) != ("post", "/api/v1/session")
    ]
    assert len(closed) > 25
    with plain_client() as nobody:
        for method, path in closed:
            answer = nobody.request(method, hub.url + path.replace("{", "").replace("}", ""))
            assert answer.status_code == 401, (method, path, answer.text)
