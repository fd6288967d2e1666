import { describe, expect, test } from "vitest";

import type { Attempt, Told } from "../../src/api/records";
import {
  groupsOf,
  heldTemplates,
  isHeld,
  matching,
  merged,
  rowsOf as rowsAt,
} from "../../src/data/households";
import { AT, at, notice } from "../samples";

function told(household: string, changes: Partial<Told> = {}): Told {
  const unit = household.split("-").slice(1).join("-");
  return { ...notice(`n-${household}`), household, unit, name: `R*** ${unit}`, ...changes };
}

const rowsOf = (list: Told[]) => rowsAt(list, Date.parse(AT));

describe("told households", () => {
  test("are one row each, however many notices they got", () => {
    const rows = rowsOf([
      told("B3-05-01", { id: "n2", template: "UPDATE", why: "source" }),
      told("B3-05-01", { id: "n1", why: "source" }),
      told("B3-04-01", { why: "below", wave: 1 }),
    ]);
    expect(rows.map(({ unit, notices }) => [unit, notices.length])).toEqual([
      ["05-01", 2],
      ["04-01", 1],
    ]);
  });

  test("are grouped by why, in the order of the waves, by unit", () => {
    const groups = groupsOf(
      rowsOf([
        told("B3-12-01", { wave: 1, why: "above" }),
        told("B3-10-02", { wave: 0, why: "fire_floor" }),
        told("B3-9-01", { wave: 0, why: "neighbour_floor" }),
        told("B3-10-01", { wave: 0, why: "fire_floor" }),
      ]),
    );
    expect(groups.map(({ why, rows }) => [why, rows.map(({ unit }) => unit)])).toEqual([
      ["fire_floor", ["10-01", "10-02"]],
      ["neighbour_floor", ["9-01"]],
      ["above", ["12-01"]],
    ]);
    expect(groups[0]!.texts).toHaveLength(1);
  });

  test.each([
    [{ state: "delivered", reached_by: null }, "sent"],
    [{ state: "queued" }, "sent"],
    [{ state: "read", reached_by: "resident_page" }, "reached"],
    [{ state: "delivered", reached_by: "door" }, "reached"],
    [{ state: "waiting", not_before_at: at(60) }, "waiting"],
    [{ state: "delivered", not_before_at: at(60) }, "waiting"],
    [{ state: "delivered", not_before_at: at(-60) }, "sent"],
    [{ state: "awaiting_approval" }, "waiting"],
    [{ state: "failed" }, "failed"],
    [{ state: "withdrawn" }, "withdrawn"],
  ] as [Partial<Told>, string][])("with %o are %s", (changes, reach) => {
    expect(rowsOf([told("B3-05-01", changes)])[0]!.reach).toBe(reach);
  });

  test("whose newest notice was withdrawn stand as before it", () => {
    const [row] = rowsOf([
      told("B3-05-01", { id: "n2", state: "withdrawn" }),
      told("B3-05-01", { id: "n1", state: "read", reached_by: "resident_page" }),
    ]);
    expect(row!.reach).toBe("reached");
  });

  test("are found by unit, id or masked name, whatever the case", () => {
    const rows = rowsOf([told("B3-05-01"), told("G-P145")]);
    expect(matching(rows, "b3-05").map(({ household }) => household)).toEqual(["B3-05-01"]);
    expect(matching(rows, "p145")).toHaveLength(1);
    expect(matching(rows, " ")).toHaveLength(2);
    expect(matching(rows, "nobody")).toEqual([]);
  });
});

test("what waits for a person's word is named once by its template", () => {
  const now = Date.parse(AT);
  const list = [
    told("B3-05-01", { state: "waiting", not_before_at: at(60) }),
    told("B3-04-01", { state: "delivered", not_before_at: at(60) }),
    told("B3-03-01", { template: "WATER", state: "awaiting_approval" }),
    told("B3-02-01", { template: "CLEAR", state: "read", reached_by: "resident_page" }),
  ];
  expect(heldTemplates(list, now)).toEqual(["LEAK", "WATER"]);
  expect(list.map((notice) => isHeld(notice, now + 61_000))).toEqual([false, false, true, false]);
});

test("attempts that went alike are one line with the time of the last", () => {
  const attempt = (changes: Partial<Attempt>): Attempt => ({
    channel: "sms",
    contact: 1,
    attempt: 1,
    state: "retried",
    at: AT,
    provider_id: null,
    evidence: "HTTP 503",
    may_repeat: true,
    ...changes,
  });
  const lines = merged([
    attempt({}),
    attempt({ attempt: 2, at: at(4) }),
    attempt({ attempt: 3, state: "sent", evidence: "HTTP 200" }),
    attempt({ contact: 2, attempt: 3, state: "sent", evidence: "HTTP 200" }),
    attempt({ channel: "voice", state: "sent", evidence: "HTTP 200" }),
  ]);
  expect(lines.map(({ channel, state, times }) => [channel, state, times])).toEqual([
    ["sms", "retried", 2],
    ["sms", "sent", 1],
    ["sms", "sent", 1],
    ["voice", "sent", 1],
  ]);
  expect(lines[0]!.at).toBe(at(4));
});
