import { expect, test } from "vitest";

import { inTicketOrder } from "../../src/data/tickets";
import { at, clock, ticket } from "../samples";

test("overdue tickets come first, then by priority, then the one that waits longest", () => {
  const clocks = { accept: clock(at(2)) };
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
