import { expect, test } from "vitest";

import type { IncidentDetail, Plan } from "../../src/api/records";
import { aftercareAt, endingOf, levelsToStart } from "../../src/data/plans";
import { alarm, AT, incident, task, ticket } from "../samples";

const words = { en: "x", zh: "字" };

const plan: Plan = {
  id: "FIRE",
  version: 1,
  kind: "fire",
  name: words,
  confirmed_level: "II",
  levels: { I: words, II: words, IV: words },
  first: [],
  tickets: {},
  tasks: [],
  notices: [],
  escalate: [],
  by_hand: true,
  starts_confirmed: false,
  source: "DOMAIN 4",
  command: {},
  close: [],
  aftercare: [
    { id: "review", role: "PM", title: words, within_h: 120, from_level: "IV" },
    { id: "call-back", role: "CS", title: words, within_h: 24, from_level: "III" },
  ],
};

function detail(changes: Partial<IncidentDetail>): IncidentDetail {
  return {
    ...incident("i1"),
    alarms: [],
    tickets: [],
    notices: { total: 0, by_state: {} },
    events: [],
    ...changes,
  };
}

test("what a person starts is confirmed, so that no lesser level is offered", () => {
  expect(levelsToStart(plan).map(({ level }) => level)).toEqual(["II", "I"]);
});

test("after-care is that of the level, the soonest first", () => {
  expect(aftercareAt(plan, "IV").map(({ id }) => id)).toEqual(["review"]);
  expect(aftercareAt(plan, "II").map(({ id }) => id)).toEqual(["call-back", "review"]);
});

test("a task that repeats is through once it was done; a waived one is too", () => {
  const tasks = [
    task("open"),
    task("done", { state: "done" }),
    task("waived", { state: "waived" }),
    task("again", { times: 1 }),
  ];
  const own = ticket("t-i1", { tasks });
  expect(endingOf(detail({ tickets: [own] })).tasks).toEqual({ done: 3, all: 4 });
});

test("alarms count when they are normal, further tickets when they have ended", () => {
  const ending = endingOf(
    detail({
      alarms: [alarm("a1"), alarm("a2", { state: "normal" })],
      tickets: [ticket("t-i1"), ticket("t2", { closed_at: AT }), ticket("t3")],
    }),
  );
  expect(ending.alarms).toEqual({ done: 1, all: 2 });
  expect(ending.tickets).toEqual({ done: 1, all: 2 });
});
