import { describe, expect, test } from "vitest";

import { lastClosedAt, openIncidents } from "../src/data/incidents";
import { nextClock, readClock } from "../src/data/service_levels";
import { rolesOf } from "../src/data/tasks";
import { nextStep, otherSteps } from "../src/data/ticket_steps";
import { inTicketOrder } from "../src/data/tickets";
import { isOver, NOTICES_KEPT, put, type ResidentNotice } from "../src/resident/notices";
import { ago, countdown, duration } from "../src/words/format";
import { AT, at, incident, task, ticket } from "./samples";

describe("a service clock", () => {
  const from = Date.parse(AT);
  const clock = { due_at: at(400), met_at: null };
  const read = (seconds: number) => readClock(clock, from, from + seconds * 1000);

  test("runs, is soon due in its last quarter, and then late", () => {
    expect(read(0)).toEqual({ state: "running", left: 400 });
    expect(read(299).state).toBe("running");
    expect(read(300)).toEqual({ state: "soon", left: 100 });
    expect(read(400).state).toBe("soon");
    expect(read(401)).toEqual({ state: "late", left: -1 });
  });

  test("that is met stands still, in time or late", () => {
    const met = (seconds: number) => readClock({ ...clock, met_at: at(seconds) }, from, from + 9e9);
    expect(met(100)).toEqual({ state: "met", left: 300 });
    expect(met(460)).toEqual({ state: "met_late", left: -60 });
  });

  test("to watch is the first one that is not met", () => {
    const clocks = {
      accept: { due_at: at(1), met_at: at(0) },
      respond: { due_at: at(2), met_at: null },
    };
    expect(nextClock(ticket("t", { clocks }))?.name).toBe("respond");
    expect(nextClock(ticket("t"))).toBeUndefined();
  });
});

test("durations say the two words that matter, in both languages", () => {
  expect(duration(42, "en")).toBe("42s");
  expect(duration(3900, "en")).toBe("1h 5m");
  expect(duration(3600, "en")).toBe("1h");
  expect(duration(-3, "zh")).toBe("0秒");
  expect(duration(90_000, "zh")).toBe("1天 1小时");
  expect(ago(310, "en")).toBe("5 minutes ago");
  expect(ago(7200, "zh")).toBe("2小时前");
  expect(countdown(-161)).toBe("2:41");
  expect(countdown(3761)).toBe("1:02:41");
});

test("open incidents come by level, the newest first among equals", () => {
  const list = [
    incident("old", { level: "III", opened_at: at(1) }),
    incident("grave", { level: "I", opened_at: at(0) }),
    incident("new", { level: "III", opened_at: at(2) }),
    incident("over", { level: "I", state: "closed", closed_at: at(9) }),
  ];
  expect(openIncidents(list).map(({ id }) => id)).toEqual(["grave", "new", "old"]);
  expect(lastClosedAt(list)).toBe(at(9));
  expect(lastClosedAt([])).toBeUndefined();
});

test("overdue tickets come first, then by priority, then the one that waits longest", () => {
  const clocks = { accept: { due_at: at(2), met_at: null } };
  const list = [
    ticket("late", { opened_at: at(5) }),
    ticket("early", { opened_at: at(1), assignee: "engineer" }),
    ticket("urgent", { priority: "P1", opened_at: at(9) }),
    ticket("overdue", { priority: "P4", opened_at: at(9), clocks }),
    ticket("done", { state: "closed", closed_at: at(3) }),
    ticket("gone", { state: "cancelled", closed_at: at(4) }),
  ];
  const ids = (filter: "open" | "mine" | "overdue" | "closed") =>
    inTicketOrder(list, filter, "engineer", Date.parse(at(10))).map(({ id }) => id);
  expect(ids("open")).toEqual(["overdue", "urgent", "early", "late"]);
  expect(ids("overdue")).toEqual(["overdue"]);
  expect(ids("mine")).toEqual(["early"]);
  expect(ids("closed")).toEqual(["gone", "done"]);
});

test("what people began is told from what sensors began", () => {
  const words = { kind: "repair", category: "water", words: "drips", by: "operator" } as const;
  const report = { ...words, household: null, demand: "", about: null };
  const list = [ticket("sensor"), ticket("person", { report })];
  const ids = (origin: "all" | "alarms" | "people") =>
    inTicketOrder(list, "open", "engineer", 0, origin).map(({ id }) => id);
  expect(ids("all")).toEqual(["sensor", "person"]);
  expect(ids("alarms")).toEqual(["sensor"]);
  expect(ids("people")).toEqual(["person"]);
});

test("a clock stands while its ticket rests, and is marked where it was never met", () => {
  const clock = { due_at: at(60), met_at: null };
  const reading = (changes: object) =>
    readClock({ ...clock, ...changes }, Date.parse(at(0)), Date.parse(at(90)));
  expect(reading({}).state).toBe("late");
  expect(reading({ paused_at: at(30) })).toEqual({ state: "paused", left: 30 });
  expect(reading({ stopped_at: at(30) }).state).toBe("stopped");
});

test("nobody is offered to verify the own work, or to let an emergency rest", () => {
  const desk = { desk: true, own: false };
  expect(nextStep(ticket("t", { state: "resolved" }), desk)).toBe("verify");
  expect(nextStep(ticket("t", { state: "resolved" }), { desk: true, own: true })).toBeUndefined();
  expect(nextStep(ticket("t", { state: "resolved" }), { ...desk, desk: false })).toBeUndefined();
  const working = ticket("t", { state: "working" });
  expect(otherSteps(working, desk)).toEqual(["transfer", "suspend"]);
  expect(otherSteps({ ...working, class: "emergency" }, desk)).toEqual(["transfer"]);
});

test("a new ticket is dispatched by the desk, and taken by an engineer whom nobody sends", () => {
  expect(nextStep(ticket("t", { state: "new" }), { desk: true, own: false })).toBe("dispatch");
  expect(nextStep(ticket("t", { state: "new" }), { desk: false, own: false })).toBe("accept");
});

test("duties come in the plan's order with their open tasks", () => {
  const tasks = [task("a", { role: "CR" }), task("b"), task("c", { state: "done" })];
  expect(rolesOf(tasks)).toEqual([
    { role: "CR", open: 1 },
    { role: "EN", open: 1 },
  ]);
});

describe("a household's notices", () => {
  const one = (id: string, changes: Partial<ResidentNotice> = {}): ResidentNotice => ({
    id,
    template: "LEAK",
    urgency: "N2",
    text: { en: "Leak.", zh: "漏水。" },
    requested_at: AT,
    read_at: null,
    incident_closed: false,
    drill: false,
    ...changes,
  });

  test("come newest first, each once", () => {
    const list = put(put([one("n1")], one("n2", { requested_at: at(5) })), one("n1"));
    expect(list.map(({ id }) => id)).toEqual(["n2", "n1"]);
  });

  test("that were read stay read when they come again", () => {
    expect(put([one("n1", { read_at: at(3) })], one("n1"))[0]?.read_at).toBe(at(3));
  });

  test("are bounded", () => {
    const many = Array.from({ length: NOTICES_KEPT + 9 }, (_, i) =>
      one(`n${i}`, { requested_at: at(i) }),
    );
    expect(many.reduce(put, [] as ResidentNotice[])).toHaveLength(NOTICES_KEPT);
  });

  test("are over with their incident, and the all-clear always is", () => {
    expect(isOver(one("n1"))).toBe(false);
    expect(isOver(one("n1", { incident_closed: true }))).toBe(true);
    expect(isOver(one("n1", { template: "CLEAR" }))).toBe(true);
  });
});
