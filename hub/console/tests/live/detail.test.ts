import { describe, expect, test } from "vitest";

import type { IncidentDetail } from "../../src/api/events";
import { reduceDetail } from "../../src/live/detail";
import { linesOf, taskOf } from "../../src/words/timeline";
import { alarm, at, event, incident, notice, task, ticket } from "../samples";

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

describe("the timeline", () => {
  test("shows a wave of notices as one line", () => {
    const wave = Array.from({ length: 72 }, (_, i) =>
      event(10 + i, "notice.requested", notice(`n${i}`), at(1)),
    );
    const lines = linesOf([event(9, "incident.opened", incident("i1"), at(0)), ...wave]);
    expect(lines.map(({ count }) => count)).toEqual([1, 72]);
  });

  test("keeps requested and delivered apart although they interleave", () => {
    const events = [0, 1, 2].flatMap((i) => [
      event(10 + 2 * i, "notice.requested", notice(`n${i}`), at(i)),
      event(11 + 2 * i, "notice.delivered", notice(`n${i}`), at(i)),
    ]);
    expect(linesOf(events).map((line) => [line.event.kind, line.count])).toEqual([
      ["notice.requested", 3],
      ["notice.delivered", 3],
    ]);
  });

  test("begins a new line for a later wave and for another message", () => {
    const events = [
      event(1, "notice.requested", notice("n1"), at(0)),
      event(2, "notice.requested", notice("n2"), at(300)),
      event(3, "notice.requested", notice("n3", { template: "CLEAR" }), at(300)),
    ];
    expect(linesOf(events)).toHaveLength(3);
  });

  test("tells of an alarm that joined the incident once", () => {
    const events = [
      event(1, "alarm.raised", alarm("a1")),
      event(2, "incident.alarm_added", incident("i1")),
    ];
    expect(linesOf(events).map((line) => line.event.kind)).toEqual(["alarm.raised"]);
  });

  test("names the task that an event ended", () => {
    const done = task("close-valve", { state: "done", ended_at: at(7) });
    const record = ticket("t1", {
      tasks: [task("confirm", { state: "done", ended_at: at(2) }), done],
    });
    expect(taskOf(record.tasks, event(1, "ticket.task_completed", record, at(7)))).toBe(done);
    const late = { ...event(2, "ticket.task_overdue", record, at(9)), reason: "task:confirm" };
    expect(taskOf(record.tasks, late)?.id).toBe("confirm");
    expect(taskOf([], late)).toBeUndefined();
  });
});
