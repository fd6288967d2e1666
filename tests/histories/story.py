"""The days of the sample estate that every history tells: every plan, every input, every command.

It begins at eight in the morning. Each part leaves the estate as it should be found by the next.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from rules.catalogue import rulebook
from rules.commands.system import SeeSystemAlarm
from rules.records.alarms import Alarm
from rules.records.callouts import Callout
from rules.records.drills import Drill
from rules.rulebook.rulebook import as_data
from rules.state.inputs import (
    CalloutDelivery,
    EstateChanged,
    Fault,
    Ordered,
    RosterChanged,
    RulebookChanged,
    Status,
)
from rules.vocabulary.instant import DAY, HOUR, SECOND, to_rfc3339
from tests.histories.recorder import Recorder
from tests.histories.teller import Teller, says
from tests.rules.riverside import START, few

SMOKE, LOBBY, CALL_POINT = "b3-10-corridor-smoke", "b3-10-lobby-smoke", "b3-06-call-point"
OTHER_SMOKE = "b5-10-corridor-smoke"
LEAK, SHAKY_LEAK = "b3-05-01-kitchen-leak", "b5-07-02-kitchen-leak"
LEAKS = tuple(f"b3-{floor:02}-01-{room}-leak" for floor in range(7, 13)
              for room in ("bathroom", "kitchen"))  # fmt: skip
LIFT, PRESSURE, FLOW, BOOSTER = "b3-l1", "b3-r1-high-pressure", "b3-r1-high-flow", "b3-high-booster"
RAIN, GARAGE, PIT, PUMPS = (
    "rain-gauge", "b3-garage-level", "b3-pit-level", ("b3-pit-pump-1", "b3-pit-pump-2"),
)  # fmt: skip
MAINS, WIND, WARNINGS, GATEWAY = "b3-mains", "wind", "official-warnings", "b3-gateway"
WELL, MACHINES = "b3-18-pipe-well-temperature", "b3-machine-room-temperature"
DEVICES = (
    SMOKE, LOBBY, CALL_POINT, OTHER_SMOKE, LEAK, SHAKY_LEAK, *LEAKS, LIFT, PRESSURE, FLOW, BOOSTER,
    RAIN, GARAGE, PIT, *PUMPS, MAINS, WIND, WARNINGS, GATEWAY, WELL, MACHINES,
)  # fmt: skip
HOUSEHOLD, NEIGHBOUR = "B3-05-01", "B3-05-02"
PHOTO, SIGNATURE = "a" * 64, "b" * 64
STAFF = {"CR": "desk", "SL": "leader", "EN": "engineer", "PM": "manager", "HQ": "company"}


class Story(Teller):
    """What happens on the estate, part by part."""

    def tell(self) -> Recorder:
        """All of it."""
        parts: tuple[Callable[[], None], ...] = (
            self.estate_is_set_up,
            self.leak_is_handled_to_its_end,
            self.after_care_of_the_leak,
            self.steam_is_a_false_alarm,
            self.fire_is_confirmed_and_nobody_answers,
            self.people_are_trapped_in_a_lift,
            self.riser_bursts_and_alarms_flood,
            self.water_rises,
            self.power_fails,
            self.storm_frost_and_heat,
            self.people_report,
            self.incident_is_split_and_merged,
            self.sensor_chatters,
            self.alarms_are_held_back,
            self.works_close_a_valve,
            self.drills_are_held,
            self.desk_is_handed_over,
            self.devices_have_faults,
            self.devices_fall_silent_and_tell_late,
            self.estate_and_rules_change,
            self.night_leak_waits_for_a_word,
            self.days_pass,
            self.lost_state_is_seen,
        )
        for part in parts:
            part()
        return self.to

    def estate_is_set_up(self) -> None:
        self.after(
            0,
            EstateChanged(1, few(*DEVICES)),
            RulebookChanged(1, as_data(rulebook())),
            RosterChanged(1, self.roster("desk")),
        )
        self.after(
            5,
            *(says(d, panel_state="normal") for d in (SMOKE, LOBBY, CALL_POINT, OTHER_SMOKE)),
            says(PRESSURE, pressure_mpa=0.28), says(FLOW, flow_m3h=1.8),
            says(BOOSTER, commanded=1, running=1), says(MAINS, voltage_v=225),
            says(GATEWAY, uptime_s=1), says(WIND, gust_ms=3), says(PIT, depth_pct=40),
        )  # fmt: skip
        self.after(5, Status(GATEWAY, online=True, at=self.to.now))

    def roster(self, desk: str) -> dict[str, Any]:
        span = {"from": to_rfc3339(START - HOUR), "until": to_rfc3339(START + 10 * DAY)}
        people = {**STAFF, "CR": desk}
        shifts = [{"duty": duty, "user": user, **span} for duty, user in people.items()]
        return {"shifts": shifts, "neighbours": ["next-door"]}

    def leak_is_handled_to_its_end(self) -> None:
        self.after(60, says(LEAK, wet=1))
        self.after(30)
        incident = self.incident("pipe")
        ticket = incident.ticket_id
        told = self.notices(incident.id)
        self.deliver(told[:1], "web_push", "delivered")
        self.deliver(told[:1], "resident_page", "read")
        self.deliver(told[1:], "sms", "failed")
        self.do("notice.tick_off", told[-1], by="guard", reason="told at the door")
        self.do("incident.add_household", incident.id, household=NEIGHBOUR, reason="shares a wall")
        self.do("incident.remove_household", incident.id, household=NEIGHBOUR, reason="is dry")
        self.do("incident.raise_level", incident.id, level="III", reason="it reaches the corridor")
        self.do("ticket.dispatch", ticket, assignee="engineer")
        self.do("ticket.reject", ticket, by="engineer", reason="at the other gate")
        self.do("ticket.dispatch", ticket, assignee="plumber")
        self.do("ticket.transfer", ticket, assignee="engineer", reason="is nearer")
        callout = self.last("callouts", user="engineer").id
        self.after(2, CalloutDelivery([callout], "web_push", "delivered", self.to.now))
        self.do("callout.answer", callout, by="engineer")
        for verb in ("arrive", "start"):
            self.do(f"ticket.{verb}", ticket, by="engineer")
        self.do("notice.send_update", incident.id, en="The water is off.", zh="已关水。",
                eta=self.in_(2), reason="the valve is closed")  # fmt: skip
        first, *_ = [t.id for t in self.state.tickets[ticket].tasks if t.state == "open"]
        self.do("ticket.complete_task", ticket, by="engineer", task=first, note="valve closed",
                photos=PHOTO, headcount="2", reading="0.12", signature=SIGNATURE)  # fmt: skip
        self.do("ticket.note", ticket, by="engineer", words="hose burst", photos=PHOTO)
        self.do("ticket.add_effort", ticket, by="engineer", kind="part", words="hose",
                quantity="1.0", unit="piece", cost_fen="4500")  # fmt: skip
        self.do("ticket.open", incident.id, incident=incident.id, role="CL",
                title="Dry the corridor", **{"class": "ordinary"})  # fmt: skip
        further = self.last("tickets", incident_id=incident.id).id
        self.do("ticket.cancel", further, reason="it has dried")
        self.after(120, says(LEAK, wet=0))
        self.after(90)
        self.do("ticket.resolve", ticket, by="engineer", reason="hose renewed")
        self.do("ticket.verify", ticket, by="leader", outcome="failed", reason="still drips")
        self.do("ticket.resolve", ticket, by="engineer", reason="hose renewed")
        self.do("ticket.verify", ticket, by="leader", outcome="passed")
        self.close(incident.id)

    def after_care_of_the_leak(self) -> None:
        review = self.last("reviews").id
        self.do("review.record_cause", review, by="manager", words="hose too old", part="owner",
                photos=PHOTO)  # fmt: skip
        self.do("review.record_damage", review, by="manager", household=HOUSEHOLD,
                items='[{"words":"ceiling","cost_fen":120000}]',
                offer_fen="100000", signature=SIGNATURE, photos=PHOTO)  # fmt: skip
        self.do("review.add_measure", review, by="manager", phase="plan", owner="EN",
                words="check hoses each year", until=self.in_(24))  # fmt: skip
        self.do("review.add_measure", review, by="manager", phase="act", owner="CS",
                words="tell owners", until=self.in_(12))  # fmt: skip
        tasks = [t.id for t in self.state.reviews[review].tasks if t.state == "open"]
        self.do("review.waive_task", review, by="manager", task=tasks[0], reason="done before")
        for task in tasks[1:]:
            self.do("review.complete_task", review, by="manager", task=task, score="5",
                    note="all well", photos=PHOTO)  # fmt: skip
        self.do("review.finish", review, by="manager", reason="hoses are now looked after")
        self.do("review.complete_measure", review, by="manager", measure="m1",
                reason="in the yearly plan")  # fmt: skip

    def steam_is_a_false_alarm(self) -> None:
        self.after(60, says(OTHER_SMOKE, panel_state="fire"))
        self.after(30, says(OTHER_SMOKE, panel_state="normal"))
        self.after(120)
        fire = self.incident("fire").id
        self.close(fire, "false_alarm", cause="steam", reason="steam of a bathroom")
        self.work_through(self.last("tickets").id)

    def fire_is_confirmed_and_nobody_answers(self) -> None:
        self.after(60, says(SMOKE, panel_state="fire"))
        self.after(75)
        fire = self.incident("fire").id
        leader: Callout = self.last("callouts", user="leader", incident_id=fire)
        self.do("callout.decline", leader.id, by="leader", reason="is ill")
        self.after(20, says(LOBBY, panel_state="fire"))
        self.after(9 * 60)
        self.do("callout.answer", self.last("callouts", user="engineer").id, by="engineer")
        self.after(60, says(SMOKE, panel_state="normal"), says(LOBBY, panel_state="normal"))
        self.after(300)
        self.close(fire)

    def people_are_trapped_in_a_lift(self) -> None:
        stopped = {"mode": 1, "fault_code": 4, "passenger": 1, "door_closed": 1, "door_zone": 0}
        self.after(60, says(LIFT, alarm_button=0, floor=5, direction=0, **stopped))
        self.after(4, says(LIFT, alarm_button=1))
        self.after(80, says(LIFT, alarm_button=0))
        lift = self.incident("lift")
        self.work_through(lift.ticket_id)
        self.after(300, says(LIFT, mode=2, fault_code=43, door_zone=1))
        self.after(10, says(LIFT, door_closed=0))
        self.after(10, says(LIFT, passenger=0))
        self.after(60, says(LIFT, mode=1, fault_code=0, door_closed=1))
        self.after(300)
        self.close(lift.id)

    def riser_bursts_and_alarms_flood(self) -> None:
        for mpa in (0.28, 0.28, 0.25, 0.22, 0.19, 0.16):
            self.after(5, says(PRESSURE, pressure_mpa=mpa))
            self.after(1, says(FLOW, flow_m3h=7.2 if mpa < 0.26 else 1.8))
        for leak in LEAKS:
            self.after(10, says(leak, wet=1), says(FLOW, flow_m3h=7.2))
        self.after(120)
        burst = self.incident("pipe")
        self.work_through(burst.ticket_id)
        self.after(600, *(says(leak, wet=0) for leak in LEAKS), says(FLOW, flow_m3h=0))
        for mpa in (0.18, 0.2, 0.22, 0.24, 0.26, 0.28):
            self.after(30, says(PRESSURE, pressure_mpa=mpa))
        self.after(300, says(FLOW, flow_m3h=1.5))
        self.close(burst.id)

    def water_rises(self) -> None:
        for minute in range(12):
            self.after(60, says(RAIN, rain_mm=1.6 + 0.25 * minute))
            if minute == 4:
                self.after(1, *(says(pump, commanded=1, running=0) for pump in PUMPS))
            if minute > 5:
                self.after(1, says(GARAGE, depth_cm=minute - 3), says(PIT, depth_pct=85 + minute))
        flood = self.incident("flood").id
        self.after(300, says(RAIN, rain_mm=0))
        self.to.keep_snapshot()
        self.after(600, says(GARAGE, depth_cm=0), says(PIT, depth_pct=40),
                   *(says(pump, commanded=0, running=0) for pump in PUMPS))  # fmt: skip
        self.to.away(6 * 3600)
        self.after(60, says(RAIN, rain_mm=0))
        self.after(60)
        self.close(flood)

    def power_fails(self) -> None:
        self.after(60, says(MAINS, voltage_v=0))
        self.after(100, says(MAINS, voltage_v=197))
        self.after(100, says(MAINS, voltage_v=221))
        self.after(100)
        self.close(self.incident("power").id)

    def storm_frost_and_heat(self) -> None:
        calm = {"rain": "none", "typhoon": "none", "snow": "none", "cold_wave": "none",
                "heat": "none"}  # fmt: skip
        self.after(60, says(WARNINGS, **{**calm, "typhoon": "orange"}))
        self.after(60, says(WIND, gust_ms=26), says(WELL, temperature_c=1.5))
        self.after(700, says(WARNINGS, **{**calm, "cold_wave": "blue"}))
        self.after(60, says(WIND, gust_ms=3), says(MACHINES, temperature_c=43))
        self.after(700, says(WARNINGS, **{**calm, "heat": "red"}))
        self.after(60, says(WELL, temperature_c=12), says(MACHINES, temperature_c=20))
        self.to.away(2000)
        self.after(60, says(WARNINGS, **calm))
        self.after(120)
        for kind in ("wind", "cold", "heat"):
            self.close(self.incident(kind).id)

    def people_report(self) -> None:
        self.do("ticket.report", "riverside", by=f"household:{HOUSEHOLD}", urgency="ordinary",
                category="water", words="tap drips", photos=PHOTO,
                household=HOUSEHOLD)  # fmt: skip
        repair = self.last("tickets").id
        for verb in ("accept", "arrive", "start"):
            self.do(f"ticket.{verb}", repair, by="engineer")
        self.do("ticket.suspend", repair, by="engineer", cause="parts", approver="leader",
                until=self.in_(2), reason="the washer is on its way")  # fmt: skip
        self.after(600, self.command("ticket.resume", repair, "engineer"))
        self.do("ticket.resolve", repair, by="engineer", reason="new washer")
        self.do("ticket.verify", repair, by="leader", outcome="passed")
        self.do("ticket.call_back", repair, by="desk", score="2", fixed="no", reason="drips again")
        self.work_through(repair)
        self.do("ticket.call_back", repair, by="desk", score="5", fixed="yes")
        self.do("ticket.reopen", repair, by="desk", reason="the household called again")
        self.do("ticket.complain", "riverside", estate="riverside", grade="ordinary",
                words="came twice", household=HOUSEHOLD, demand="a word of regret", building="B3",
                floor="5", unit=HOUSEHOLD, about=self.state.tickets[repair].incident_id,
                photos=PHOTO)  # fmt: skip
        self.do("ticket.report", "riverside", estate="riverside", category="public_area",
                urgency="planned", words="lamp is dark", building="B3", floor="-1", garage="G",
                photos=f"{PHOTO},{SIGNATURE}")  # fmt: skip
        complaint = self.last("tickets", klass="complaint").id
        self.work_through(complaint)
        self.do("ticket.call_back", complaint, by="desk", score="4", fixed="yes")
        for kind in ("health", "mass"):
            self.do("incident.start", "riverside", by="manager", kind=kind, level="III",
                    building="B3", floor="5", reason="told by telephone")  # fmt: skip
            incident = self.incident(kind).id
            self.do("incident.add_household", incident, household=HOUSEHOLD, reason="is on 5F")
            self.do(
                "notice.send_update",
                incident,
                en="Please stay in.",
                zh="请留在家中。",
                reason="as the office asks",
            )
            waiting = [n for n in self.state.notices.values() if n.state == "awaiting_approval"]
            verb = "approve" if kind == "health" else "reject"
            for template in dict.fromkeys(n.template for n in waiting):
                self.do(f"notice.{verb}", incident, by="manager", template=template,
                        reason="read and found so")  # fmt: skip
            self.close(incident)

    def incident_is_split_and_merged(self) -> None:
        self.after(60, says(LEAKS[0], wet=1), says(LEAKS[1], wet=1))
        self.after(30, says(LEAKS[2], wet=1))
        self.after(30)
        whole = self.incident("pipe")
        part = self.state.alarms_of(whole.id)[-1]
        self.do("incident.split", whole.id, alarms=part, reason="another pipe")
        apart = self.incident("pipe").id
        ticket = self.state.incidents[apart].ticket_id
        self.do("ticket.dispatch", ticket, assignee="engineer")
        self.do("incident.merge", apart, into=whole.id, reason="the same pipe after all")
        self.work_through(ticket)
        self.after(60, *(says(leak, wet=0) for leak in LEAKS[:3]))
        self.after(120)
        self.close(whole.id)

    def sensor_chatters(self) -> None:
        for _ in range(8):
            self.after(1, says(SHAKY_LEAK, wet=1))
            self.after(6, says(SHAKY_LEAK, wet=0))
        self.after(1, says(SHAKY_LEAK, wet=1))
        self.after(700)
        self.after(60, says(SHAKY_LEAK, wet=0))
        self.after(120)

    def alarms_are_held_back(self) -> None:
        self.after(60, says(LEAK, wet=1))
        self.after(30)
        alarm: Alarm = self.last("alarms", device=LEAK)
        self.do("alarm.shelve", alarm.id, until=self.in_(1), reason="being mopped")
        shelved = self.last("suppressions").id
        self.do("suppression.end", shelved, reason="mopped")
        self.do("device.take_out_of_service", LEAK, by="manager", until=self.in_(3),
                reason="floor is replaced", measure="a guard looks each hour")  # fmt: skip
        self.after(60, says(LEAK, wet=0))
        self.after(60, says(LEAK, wet=1))
        self.after(60, says(LEAK, wet=0))
        self.after(120)
        self.close(self.incident("pipe").id)

    def devices_have_faults(self) -> None:
        self.after(60, says(LEAKS[8], battery_pct=9), says(LEAKS[9], tamper=1),
                   says(LEAKS[10], clock_error_s=3 * 3600), says(LOBBY, panel_state="pre_alarm"),
                   says(LIFT, mode=3, fault_code=7), says(PRESSURE, pressure_mpa=0.6),
                   says(BOOSTER, commanded=1, running=0))  # fmt: skip
        self.after(90)
        self.after(5, *(self.command("alarm.acknowledge", a) for a in self.state.alarms))
        self.to.away(45 * 60)
        self.after(60, says(LEAKS[8], battery_pct=100), says(LEAKS[9], tamper=0),
                   says(LEAKS[10], clock_error_s=0), says(LOBBY, panel_state="normal"),
                   says(LIFT, mode=1, fault_code=0), says(PRESSURE, pressure_mpa=0.28),
                   says(BOOSTER, commanded=1, running=1))  # fmt: skip
        self.to.away(1800)
        for incident in list(self.state.incidents):
            if self.state.incidents[incident].kind != "ticket":
                self.close(incident)

    def works_close_a_valve(self) -> None:
        self.do("works.plan", "riverside", by="manager", estate="riverside", valve="B3-R1-high",
                reason="new pump", **{"from": self.in_(0.5), "until": self.in_(1)})  # fmt: skip
        self.after(2000, says(PRESSURE, pressure_mpa=0.01))
        self.after(600, says(PRESSURE, pressure_mpa=0.28))
        self.to.away(1800)

    def plan_drill(self, **more: str) -> Drill:
        self.do("drill.plan", "riverside", by="manager", **{
            "title": "Fire on the tenth floor", "kind": "functional", "plan": "FIRE", "level": "II",
            "building": "B3", "floor": "10", "leader": "leader",
            "participants": "leader:SL,engineer:EN,guard:SE",
            "households": "B3-10-01,B3-10-02", **more,
        })  # fmt: skip
        drill: Drill = self.last("drills")
        return drill

    def drills_are_held(self) -> None:
        given_up = self.plan_drill(begins=self.in_(5))
        self.do("drill.cancel", given_up.id, by="manager", reason="the hall is taken")
        fire = {"after_s": 5.0, "rule": "smoke-fire", "device": SMOKE, "signal": "panel_state",
                "value": "fire"}  # fmt: skip
        second = {**fire, "after_s": 60.0, "device": LOBBY, "signal": "", "value": ""}
        script = msgspec.json.encode([fire, second]).decode()
        drill = self.plan_drill(begins=self.in_(0.1), script=script).id
        self.after(400)
        self.do("drill.note", drill, by="guard", words="the stairs are clear")
        self.after(70)
        self.do("drill.stop", drill, by="leader", reason="somebody fell")
        self.do("drill.resume", drill, by="manager")
        incident = self.state.drills[drill].incident_id or ""
        self.deliver(self.notices(incident), "resident_page", "delivered")
        self.after(5, *(self.command("alarm.acknowledge", a)
                        for a in self.state.alarms_of(incident)))  # fmt: skip
        self.work_through(self.state.incidents[incident].ticket_id)
        self.do("drill.finish", drill, by="manager", reason="all went well")
        late = self.plan_drill(begins=self.in_(0.05)).id
        by_hand = self.plan_drill().id
        self.do("drill.start", by_hand, by="manager")
        self.after(120, says(OTHER_SMOKE, panel_state="fire"))
        real = self.last("incidents", kind="fire", drill=False).id
        self.do("incident.confirm", real, by="guard", reason="flames seen")
        self.after(60, says(OTHER_SMOKE, panel_state="normal"))
        self.after(120)
        self.close(real)
        self.do("drill.finish", by_hand, by="manager")
        self.do("drill.cancel", late, by="manager", reason="it is too late today")

    def desk_is_handed_over(self) -> None:
        self.to.away(1200)
        self.do("shift.hand_over", "riverside", incoming="second-desk", keys="9 in the box",
                radios="", note="")  # fmt: skip
        self.do("shift.hand_over", "riverside", incoming="second-desk", keys="8 in the box",
                radios="4", note="one key is with the plumber")  # fmt: skip
        handover = self.state.handover
        assert handover is not None
        self.do("shift.take_over", handover.id, by="second-desk")
        self.after(5, RosterChanged(2, self.roster("second-desk")))

    def devices_fall_silent_and_tell_late(self) -> None:
        self.to.falls_silent(GATEWAY)
        self.to.falls_silent(SMOKE)
        self.after(60, Status(SMOKE, online=False, at=self.to.now))
        self.after(1800)
        self.to.told_late(
            (LEAK, "wet", self.ago(1500), 1.0), (LEAK, "wet", self.ago(1400), 1.0),
            (LEAK, "wet", self.ago(1200), 0.0), (SMOKE, "panel_state", self.ago(900), "fault"),
        )  # fmt: skip
        self.after(60, Status(SMOKE, online=True, at=self.to.now),
                   says(SMOKE, panel_state="normal"), says(GATEWAY, uptime_s=1))  # fmt: skip
        self.after(300, Fault("engine/clock", "told from outside the step"))

    def estate_and_rules_change(self) -> None:
        self.after(60, says(LEAKS[4], wet=1))
        self.after(30)
        body = as_data(rulebook())
        stricter = {**body["rules"], "leak": {**body["rules"]["leak"], "on_delay_s": 2.0}}
        self.after(10, RulebookChanged(2, {**body, "rules": stricter}))
        self.after(60, says(LEAKS[5], wet=1))
        self.after(30)
        stays = [d for d in DEVICES if d != LEAKS[5]]
        self.after(10, EstateChanged(2, few(*stays)))
        self.after(60, says(LEAKS[4], wet=0))
        self.after(120)
        self.close(self.incident("pipe").id)

    def night_leak_waits_for_a_word(self) -> None:
        until_night = (START + 16 * HOUR - self.to.now) % DAY
        self.to.away(until_night / SECOND)
        self.after(60, says(LEAKS[7], wet=1))
        self.after(30)
        leak = self.incident("pipe")
        held = [n for n in self.state.notices.values()
                if n.incident_id == leak.id and n.state == "waiting"]  # fmt: skip
        for notice in held[:1]:
            self.do("notice.approve", leak.id, by="leader", template=notice.template,
                    household=notice.household, reason="water comes through")  # fmt: skip
        self.after(900, says(LEAKS[7], wet=0))
        self.after(120)

    def days_pass(self) -> None:
        for _ in range(4):
            self.to.away(DAY / SECOND)
            self.after(30)

    def lost_state_is_seen(self) -> None:
        self.after(60, Fault("rebuilt/7", "what conditions remember could not be read", "P1"))
        self.after(60, Ordered(SeeSystemAlarm("rebuilt/7", "riverside", "patrolled"), "desk",
                               "operator"))  # fmt: skip
