import { describe, expect, test } from "vitest";

import type { Alarm } from "../../src/api/records";
import {
  type BoardRow,
  boardRows,
  countByPriority,
  CROWDED_FROM,
  CROWDED_UNTIL,
  isCrowded,
  inOrder,
  mustBeHeard,
  onBoard,
  steady,
} from "../../src/data/board";
import { alarm, AT, at, ticket } from "../samples";

const none = new Set<string>();

describe("order", () => {
  test("is by priority, then the newest first", () => {
    const alarms = [
      alarm("old-p3", { raised_at: at(0) }),
      alarm("p1", { priority: "P1", raised_at: at(1) }),
      alarm("new-p3", { raised_at: at(2) }),
      alarm("p2", { priority: "P2", raised_at: at(3) }),
    ];
    expect(inOrder(alarms).map(({ id }) => id)).toEqual(["p1", "p2", "new-p3", "old-p3"]);
  });

  test("puts what is real before a drill of the same priority", () => {
    const alarms = [
      alarm("drill", { raised_at: at(9), drill: true }),
      alarm("real", { raised_at: at(1) }),
    ];
    expect(inOrder(alarms).map(({ id }) => id)).toEqual(["real", "drill"]);
  });

  test("does not change when an alarm is acknowledged, so that no row moves under a finger", () => {
    const before = [alarm("a", { raised_at: at(2) }), alarm("b", { raised_at: at(1) })];
    const after = [alarm("a", { raised_at: at(2), state: "acknowledged" }), before[1]!];
    expect(inOrder(after).map(({ id }) => id)).toEqual(inOrder(before).map(({ id }) => id));
  });
});

test("counts tell active from unacknowledged ones", () => {
  const counts = countByPriority([
    alarm("a", { priority: "P1" }),
    alarm("b", { priority: "P1", state: "acknowledged" }),
    alarm("c", { priority: "P1", state: "latched_unacknowledged" }),
    alarm("d", { priority: "P4", state: "latched_acknowledged" }),
  ]);
  expect(counts.P1).toEqual({ active: 3, unacknowledged: 2 });
  expect(counts.P4).toEqual({ active: 1, unacknowledged: 0 });
  expect(counts.P2).toEqual({ active: 0, unacknowledged: 0 });
});

test("what is unanswered is heard, but for the alarms of a drill that was stopped", () => {
  const drilled = alarm("a", { priority: "P1", drill: true, incident_id: "i" });
  const running = ticket("t", { incident_id: "i", drill: true });
  expect(mustBeHeard([drilled], [running])).toBe(true);
  const stopped = { ...running, halted_at: AT };
  expect(mustBeHeard([drilled], [stopped])).toBe(false);
  expect(mustBeHeard([drilled, alarm("b", { priority: "P1" })], [stopped])).toBe(true);
  expect(mustBeHeard([alarm("c", { priority: "P1", state: "acknowledged" })], [])).toBe(false);
});

test("a crowd begins above one figure and ends below a lower one", () => {
  expect(isCrowded(CROWDED_FROM, false)).toBe(false);
  expect(isCrowded(CROWDED_FROM + 1, false)).toBe(true);
  expect(isCrowded(CROWDED_UNTIL, true)).toBe(true);
  expect(isCrowded(CROWDED_UNTIL - 1, true)).toBe(false);
});

describe("rows in a flood", () => {
  const alarms = inOrder([
    alarm("p1", { priority: "P1", incident_id: "i1" }),
    ...Array.from({ length: 40 }, (_, i) =>
      alarm(`leak-${i}`, { incident_id: "i1", raised_at: at(i) }),
    ),
    alarm("single", { incident_id: "i2", priority: "P4" }),
  ]);

  test("stand under their incident, P1 on its own and first", () => {
    const { rows } = boardRows(alarms, { grouped: true, expanded: none, limit: 100 });
    expect(rows.map(({ key }) => key)).toEqual(["p1", "group i1", "single"]);
  });

  test("of an opened incident follow its head", () => {
    const { rows } = boardRows(alarms, { grouped: true, expanded: new Set(["i1"]), limit: 100 });
    expect(rows).toHaveLength(1 + 1 + 40 + 1);
    expect(rows[2]).toMatchObject({ type: "alarm", depth: 2 });
  });

  test("count what waits in a group", () => {
    const [, group] = boardRows(alarms, { grouped: true, expanded: none, limit: 100 }).rows;
    expect(group).toMatchObject({ group: { unacknowledged: 40, head: { priority: "P3" } } });
  });

  test("without an incident stand under their rule and building", () => {
    const loose = inOrder(["x", "y"].map((id) => alarm(id, { incident_id: null })));
    const { rows } = boardRows(loose, { grouped: true, expanded: none, limit: 100 });
    expect(rows.map(({ type }) => type)).toEqual(["group"]);
  });
});

describe("the limit", () => {
  test("bounds what is drawn and says how much more there is", () => {
    const alarms = inOrder(Array.from({ length: 500 }, (_, i) => alarm(`a${i}`)));
    const { rows, more } = boardRows(alarms, { grouped: false, expanded: none, limit: 120 });
    expect([rows.length, more]).toEqual([120, 380]);
  });

  test("never hides a P1 alarm", () => {
    const alarms = inOrder([
      ...Array.from({ length: 150 }, (_, i) => alarm(`p1-${i}`, { priority: "P1" })),
      ...Array.from({ length: 150 }, (_, i) => alarm(`p3-${i}`)),
    ]);
    const { rows, more } = boardRows(alarms, { grouped: false, expanded: none, limit: 120 });
    expect(rows.filter((row) => row.type === "alarm" && row.alarm.priority === "P1")).toHaveLength(
      150,
    );
    expect(more).toBe(30);
  });
});

test("what is held back is neither on the board nor counted", () => {
  const alarms = [
    alarm("heard", { priority: "P1" }),
    alarm("shelved", { priority: "P1", suppression: "s1", suppression_kind: "shelved" }),
  ];
  expect(onBoard(alarms).map(({ id }) => id)).toEqual(["heard"]);
  expect(countByPriority(onBoard(alarms)).P1).toEqual({ active: 1, unacknowledged: 1 });
});

describe("while somebody is about to press a row", () => {
  const rowsOf = (alarms: Alarm[], grouped = false): BoardRow[] =>
    boardRows(inOrder(alarms), { grouped, expanded: none, limit: 100 }).rows;
  const keysOf = (rows: BoardRow[]): string[] => rows.map(({ key }) => key);
  const before = [alarm("b", { raised_at: at(2) }), alarm("a", { raised_at: at(1) })];
  const shown = rowsOf(before);

  function now(alarms: Alarm[], grouped = false) {
    return steady(rowsOf(alarms, grouped), shown, inOrder(alarms));
  }

  test("a more urgent alarm waits, and is counted", () => {
    const urgent = alarm("p1", { priority: "P1" });
    const screen = now([...before, urgent, alarm("newer", { raised_at: at(3) })]);
    expect(keysOf(screen.rows)).toEqual(["b", "a"]);
    expect(screen.waiting.map(({ id }) => id)).toEqual(["p1", "newer"]);
  });

  test("one that belongs below all is added there", () => {
    const screen = now([...before, alarm("p4", { priority: "P4" })]);
    expect(keysOf(screen.rows)).toEqual(["b", "a", "p4"]);
    expect(screen.waiting).toEqual([]);
  });

  test("one that is over keeps its place, as gone", () => {
    const screen = now([before[1]!]);
    expect(screen.rows.map(({ key, gone }) => [key, gone ?? false])).toEqual([
      ["b", true],
      ["a", false],
    ]);
  });

  test("a row shows its alarm as it is now", () => {
    const screen = now([before[0]!, alarm("a", { raised_at: at(1), state: "acknowledged" })]);
    expect(screen.rows[1]).toMatchObject({ alarm: { state: "acknowledged" } });
  });

  test("a flood that begins groups nothing that is shown", () => {
    const many = Array.from({ length: 9 }, (_, i) => alarm(`n${i}`, { raised_at: at(10 + i) }));
    const screen = now([...before, ...many], true);
    expect(keysOf(screen.rows)).toEqual(["b", "a"]);
    expect(screen.rows.some(({ gone }) => gone)).toBe(false);
    expect(screen.waiting).toHaveLength(9);
  });
});
