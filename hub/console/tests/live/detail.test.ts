import { describe, expect, test } from "vitest";

import type { IncidentDetail } from "../../src/api/records";
import { reduceDetail } from "../../src/live/detail";
import { alarm, at, event, incident, ticket } from "../samples";

const detail: IncidentDetail = {
  ...incident("i1"),
  alarms: [alarm("a1")],
  tickets: [ticket("t1")],
  notices: { total: 0, by_state: {} },
  events: [event(5, "incident.opened", incident("i1"))],
};

describe("an incident's page", () => {
  test("follows its own alarms, ticket and level", () => {
    const next = reduceDetail(detail, [
      event(6, "alarm.raised", alarm("a2")),
      event(7, "ticket.accepted", ticket("t1", { state: "accepted" })),
      event(8, "incident.level_raised", incident("i1", { level: "II" })),
    ]);
    expect(next.alarms.map(({ id }) => id)).toEqual(["a1", "a2"]);
    expect(next.tickets[0]?.state).toBe("accepted");
    expect(next.level).toBe("II");
    expect(next.events.map(({ seq }) => seq)).toEqual([5, 6, 7, 8]);
  });

  test("leaves other incidents' events alone", () => {
    const other = [
      event(6, "alarm.raised", alarm("a2", { incident_id: "i2" })),
      event(7, "incident.closed", incident("i2")),
      event(8, "device.offline", {
        id: "d",
        estate: "riverside",
        state: "offline",
        since_at: at(0),
      }),
    ];
    expect(reduceDetail(detail, other)).toBe(detail);
  });

  test("lets go of an alarm and a ticket that belong to another incident now", () => {
    const moved = [
      event(6, "alarm.moved", alarm("a1", { incident_id: "i2" })),
      event(7, "ticket.moved", ticket("t1", { incident_id: "i2" })),
    ];
    const next = reduceDetail(detail, moved);
    expect([next.alarms, next.tickets]).toEqual([[], []]);
    expect(reduceDetail(next, moved)).toBe(next);
  });

  test("takes an event once, whether the hub's answer or the stream brought it first", () => {
    const events = [event(6, "alarm.raised", alarm("a2"))];
    const once = reduceDetail(detail, events);
    expect(reduceDetail(once, events)).toBe(once);
    expect(reduceDetail(detail, [event(5, "incident.opened", incident("i1"))])).toBe(detail);
  });
});
