"""The desk is handed over by two sessions."""

from tests.rig.hubs import RunningHub, new_key


def test_one_proposes_the_other_accepts_and_both_are_on_record(system: RunningHub) -> None:
    proposal = {"estate": "harbour", "incoming": "manager", "keys": "9 in the box"}
    with system.client("operator") as operator, system.client("manager") as manager:
        nobody = operator.post("/handovers", json={**proposal, "incoming": "x"}, headers=new_key())
        assert nobody.json()["errors"][0]["field"] == "incoming"
        (event,) = operator.post("/handovers", json=proposal, headers=new_key()).json()["events"]
        path = f"/handovers/{event['record']['id']}/accept"
        refused = operator.post(path, headers=new_key())
        assert (refused.status_code, refused.json()["type"]) == (
            409, "urn:gatehouse:problem:not-incoming",
        )  # fmt: skip
        assert manager.post(path, headers=new_key()).status_code == 200
        (record,) = operator.get("/handovers", params={"estate": "harbour"}).json()["items"]
    assert (record["state"], record["outgoing"], record["incoming"], record["keys"]) == (
        "accepted", "operator", "manager", "9 in the box",
    )  # fmt: skip
