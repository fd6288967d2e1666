import { describe, expect, test } from "vitest";

import { nextClock, readClock } from "../../src/data/service_levels";
import { AT, at, clock, ticket } from "../samples";

describe("a service clock", () => {
  const from = Date.parse(AT);
  const running = clock(at(400));
  const read = (seconds: number) => readClock(running, from, from + seconds * 1000);

  test("runs, is soon due in its last quarter, and then late", () => {
    expect(read(0)).toEqual({ state: "running", left: 400 });
    expect(read(299).state).toBe("running");
    expect(read(300)).toEqual({ state: "soon", left: 100 });
    expect(read(400).state).toBe("soon");
    expect(read(401)).toEqual({ state: "late", left: -1 });
  });

  test("that is met stands still, in time or late", () => {
    const met = (seconds: number) => readClock({ ...running, met_at: at(seconds) }, from, from + 9e9);
    expect(met(100)).toEqual({ state: "met", left: 300 });
    expect(met(460)).toEqual({ state: "met_late", left: -60 });
  });

  test("to watch is the first one that is not met", () => {
    const clocks = { accept: clock(at(1), { met_at: at(0) }), respond: clock(at(2)) };
    expect(nextClock(ticket("t", { clocks }))?.name).toBe("respond");
    expect(nextClock(ticket("t"))).toBeUndefined();
  });
});

test("a clock stands while its ticket rests, and is marked where it was never met", () => {
  const reading = (changes: object) =>
    readClock(clock(at(60), changes), Date.parse(at(0)), Date.parse(at(90)));
  expect(reading({}).state).toBe("late");
  expect(reading({ paused_at: at(30) })).toEqual({ state: "paused", left: 30 });
  expect(reading({ stopped_at: at(30) }).state).toBe("stopped");
});
