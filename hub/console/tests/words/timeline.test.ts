import { describe, expect, test } from "vitest";

import { linesOf, taskOf } from "../../src/words/timeline";
import { alarm, at, event, incident, notice, task, ticket } from "../samples";

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
