import { describe, expect, test } from "vitest";

import type { DeviceStatus, LiveEvent } from "../../src/api/records";
import {
  CLOSED_KEPT,
  type ConsoleState,
  deviceKey,
  EVENTS_KEPT,
  fromSnapshot,
  isHeldBack,
  type Message,
  recounted,
  reduce,
} from "../../src/live/reduce";
import { positionOf } from "../../src/live/position";
import {
  alarm,
  at,
  event,
  flood,
  incident,
  notice,
  snapshot,
  suppression,
  ticket,
} from "../samples";

function after(state: ConsoleState, ...events: LiveEvent[]): ConsoleState {
  return reduce(state, events.map(said));
}

function said(event: LiveEvent): Message {
  return { type: "event", event };
}

const empty = fromSnapshot(snapshot());

describe("a snapshot", () => {
  test("gives the state at exactly its position", () => {
    const state = fromSnapshot(
      snapshot({
        position: "riverside:42,tower:7",
        alarms: [alarm("a1")],
        incidents: [incident("i1")],
        tickets: [ticket("t1")],
      }),
    );
    expect([...state.seen]).toEqual([
      ["riverside", 42],
      ["tower", 7],
    ]);
    expect([...state.alarms.keys()]).toEqual(["a1"]);
    expect(state.incidents.get("i1")?.kind).toBe("pipe");
    expect(state.tickets.get("t1")?.class).toBe("urgent");
    expect(state.gap).toBe(false);
  });

  test("with an alarm that is back to normal leaves it off the board", () => {
    expect(fromSnapshot(snapshot({ alarms: [alarm("a1", { state: "normal" })] })).alarms.size).toBe(
      0,
    );
  });

  test("from a hub that does not count notices counts from nought", () => {
    expect(empty.told.size).toBe(0);
    expect(fromSnapshot(snapshot({ notices: { i1: 4 } })).told.get("i1")).toBe(4);
  });
});

describe("an event", () => {
  test("puts a new record in its place", () => {
    const state = after(
      empty,
      event(11, "alarm.raised", alarm("a1")),
      event(12, "incident.opened", incident("i1")),
      event(13, "ticket.opened", ticket("t1")),
    );
    expect(state.alarms.has("a1") && state.incidents.has("i1") && state.tickets.has("t1")).toBe(
      true,
    );
    expect(state.seen.get("riverside")).toBe(13);
  });

  test("replaces the record with the same id", () => {
    const raised = after(empty, event(11, "alarm.raised", alarm("a1")));
    const acknowledged = alarm("a1", { state: "acknowledged", acknowledged_by: "operator" });
    const state = after(raised, event(12, "alarm.acknowledged", acknowledged));
    expect([...state.alarms.values()]).toEqual([acknowledged]);
  });

  test("takes an alarm off the board once it is normal", () => {
    const raised = after(empty, event(11, "alarm.raised", alarm("a1")));
    expect(
      after(raised, event(12, "alarm.reset", alarm("a1", { state: "normal" }))).alarms.size,
    ).toBe(0);
  });

  test("keeps an alarm that returned to normal until somebody acknowledges it", () => {
    const cleared = alarm("a1", { state: "returned_unacknowledged", cleared_at: at(5) });
    expect(after(empty, event(11, "alarm.cleared", cleared)).alarms.get("a1")).toBe(cleared);
  });

  test("seen twice changes nothing the second time", () => {
    const twice = [
      event(11, "alarm.raised", alarm("a1")),
      event(12, "notice.requested", notice("n1")),
    ];
    const open = after(empty, event(10.5, "incident.opened", incident("i1")));
    const once = after(open, ...twice);
    expect(after(once, ...twice)).toBe(once);
  });

  test("at or before the snapshot's position is ignored", () => {
    expect(after(empty, event(10, "alarm.raised", alarm("a1")))).toBe(empty);
    expect(after(empty, event(3, "alarm.raised", alarm("a1")))).toBe(empty);
  });

  test("older than one already applied is ignored, so that the newest record stays", () => {
    const newer = alarm("a1", { state: "acknowledged" });
    const state = after(
      empty,
      event(20, "alarm.acknowledged", newer),
      event(15, "alarm.raised", alarm("a1")),
    );
    expect(state.alarms.get("a1")).toBe(newer);
    expect(state.seen.get("riverside")).toBe(20);
  });

  test("of another estate counts on that estate alone", () => {
    const tower = { ...event(4, "alarm.raised", alarm("b1", { estate: "tower" })), estate: "tower" };
    const state = after(empty, tower, event(11, "alarm.raised", alarm("a1")));
    expect([...state.alarms.keys()]).toEqual(["b1", "a1"]);
    expect(after(state, tower)).toBe(state);
    expect(positionOf(state.seen)).toBe("riverside:11,tower:4");
  });

  test("may leave numbers out: a drill that the staff are not to know of has them", () => {
    const state = after(empty, event(500, "alarm.raised", alarm("a1")));
    expect(state.seen.get("riverside")).toBe(500);
    expect(state.gap).toBe(false);
  });

  test("of a kind that a newer hub may send moves the position and nothing else", () => {
    const unknown = {
      ...event(11, "device.offline", device()),
      kind: "pump.tested",
    } as unknown as LiveEvent;
    const state = after(empty, unknown);
    expect(state.seen.get("riverside")).toBe(11);
    expect(state.tickets).toBe(empty.tickets);
  });

  test("of a device moves the count of devices offline, each device once", () => {
    const one = after(
      empty,
      event(11, "device.offline", device()),
      event(12, "device.offline", device()),
    );
    expect(one.devicesOffline).toBe(1);
    const none = after(
      one,
      event(13, "device.online", device()),
      event(14, "device.online", device()),
    );
    expect([none.devicesOffline, none.recount]).toEqual([0, false]);
  });

  test("of a device tells nothing of another estate's device of the same id", () => {
    const state = after(
      empty,
      event(11, "device.offline", device()),
      { ...event(5, "device.online", device("harbour")), estate: "harbour" },
    );
    expect(state.devices.get(deviceKey({ estate: "riverside", id: "d1" }))).toBe(false);
    expect(state.devices.get(deviceKey({ estate: "harbour", id: "d1" }))).toBe(true);
  });

  test("of an alarm is found under the incident that it left and the one that it came to", () => {
    const state = after(
      empty,
      event(11, "alarm.raised", alarm("a1", { incident_id: "i1" })),
      event(12, "alarm.moved", alarm("a1", { incident_id: "i2" })),
    );
    const seqs = (id: string) => state.ofIncident.get(id)?.map(({ seq }) => seq);
    expect([seqs("i1"), seqs("i2")]).toEqual([[11, 12], [12]]);
    expect(state.last.get("alarm")).toBe(state.last.get("alarm.moved"));
  });

  test("of a device that comes online for the first time asks for the count instead of guessing", () => {
    const known = fromSnapshot(snapshot({ devices_offline: 3 }));
    const state = after(known, event(11, "device.online", device()));
    expect([state.devicesOffline, state.recount]).toEqual([3, true]);
    expect(recounted(state, 2)).toMatchObject({ devicesOffline: 2, recount: false });
  });

  test("of a refused command or a system fault is kept among the last events only", () => {
    const refusal = {
      id: "a1",
      estate: "riverside",
      command: "alarm.reset",
      code: "x",
      detail: "y",
    };
    const state = after(empty, event(11, "command.refused", refusal));
    expect(state.last.get("command")?.seq).toBe(11);
    expect(state.alarms).toBe(empty.alarms);
  });
});

describe("notices", () => {
  const open = after(empty, event(11, "incident.opened", incident("i1")));

  test("are counted by incident as they are asked for", () => {
    const state = after(
      open,
      event(12, "notice.requested", notice("n1")),
      event(13, "notice.requested", notice("n2")),
      event(14, "notice.delivered", notice("n1", { state: "delivered" })),
    );
    expect(state.told.get("i1")).toBe(2);
  });

  test("go on from the snapshot's count", () => {
    const known = fromSnapshot(snapshot({ incidents: [incident("i1")], notices: { i1: 70 } }));
    expect(after(known, event(11, "notice.requested", notice("n1"))).told.get("i1")).toBe(71);
  });

  test("of an incident that is no longer kept are forgotten", () => {
    const state = after(open, event(12, "notice.requested", notice("n1", { incident_id: "gone" })));
    expect(state.told.has("gone")).toBe(false);
  });
});

describe("a gap", () => {
  test("asks for a new snapshot", () => {
    expect(reduce(empty, [{ type: "gap" }]).gap).toBe(true);
  });

  test("does not lose what came with it", () => {
    const state = reduce(empty, [said(event(11, "alarm.raised", alarm("a1"))), { type: "gap" }]);
    expect(state.gap && state.alarms.has("a1")).toBe(true);
  });

  test("is over with the next snapshot", () => {
    expect(fromSnapshot(snapshot({ position: "riverside:900" })).gap).toBe(false);
  });
});

describe("bounds", () => {
  test("only the incidents closed last are kept, and every open one", () => {
    const events = Array.from({ length: CLOSED_KEPT + 20 }, (_, i) =>
      event(
        11 + i,
        "incident.closed",
        incident(`i${i}`, { state: "closed", closed_at: at(i), outcome: "resolved" }),
      ),
    );
    const open = Array.from({ length: 80 }, (_, i) =>
      event(200 + i, "incident.opened", incident(`o${i}`)),
    );
    const state = after(empty, ...events, ...open);
    expect(state.incidents.size).toBe(CLOSED_KEPT + 80);
    expect(state.incidents.has("i19")).toBe(false);
    expect(state.incidents.has("i20")).toBe(true);
  });

  test("only the tickets closed last are kept", () => {
    const events = Array.from({ length: CLOSED_KEPT + 5 }, (_, i) =>
      event(11 + i, "ticket.closed", ticket(`t${i}`, { state: "closed", closed_at: at(i) })),
    );
    expect(after(empty, ...events).tickets.size).toBe(CLOSED_KEPT);
  });

  test("the last events are kept, those of the incident told of longest ago go first", () => {
    const about = (incident_id: string, from: number, count: number) =>
      Array.from({ length: count }, (_, i) =>
        event(from + i, "alarm.raised", alarm(`${incident_id}-a1`, { incident_id })),
      );
    const state = after(empty, ...about("i1", 11, 40), ...about("i2", 51, EVENTS_KEPT - 10));
    expect(state.ofIncident.get("i1")?.map(({ seq }) => seq).at(0)).toBe(41);
    expect(state.ofIncident.get("i2")).toHaveLength(EVENTS_KEPT - 10);
    const later = after(state, ...about("i2", 51 + EVENTS_KEPT, 30));
    expect(later.ofIncident.has("i1")).toBe(false);
    expect(later.ofIncident.get("i2")?.at(-1)?.seq).toBe(80 + EVENTS_KEPT);
  });
});

describe("purity", () => {
  test("the state before is as it was", () => {
    const before = after(empty, event(11, "alarm.raised", alarm("a1")));
    const alarms = before.alarms;
    after(
      before,
      event(12, "alarm.raised", alarm("a2")),
      event(13, "incident.opened", incident("i1")),
    );
    expect(before.seen.get("riverside")).toBe(11);
    expect([...alarms.keys()]).toEqual(["a1"]);
    expect(before.incidents.size).toBe(0);
  });

  test("what no event touched keeps its identity, so that nothing draws it again", () => {
    const before = after(
      empty,
      event(11, "ticket.opened", ticket("t1")),
      event(12, "alarm.raised", alarm("a1")),
    );
    const state = after(before, event(13, "alarm.raised", alarm("a2")));
    expect(state.tickets).toBe(before.tickets);
    expect(state.incidents).toBe(before.incidents);
    expect(state.alarms.get("a1")).toBe(before.alarms.get("a1"));
  });

  test("no messages give the same state", () => {
    expect(reduce(empty, [])).toBe(empty);
  });

  test("one batch and many give the same state", () => {
    const events = [
      event(11, "incident.opened", incident("i1")),
      event(12, "alarm.raised", alarm("a1")),
      event(13, "ticket.opened", ticket("t1")),
      event(14, "notice.requested", notice("n1")),
      event(15, "alarm.acknowledged", alarm("a1", { state: "acknowledged" })),
      event(16, "device.offline", device()),
      event(17, "incident.closed", incident("i1", { state: "closed", closed_at: at(17) })),
    ];
    const single = events.reduce((state, one) => after(state, one), empty);
    expect(after(empty, ...events)).toEqual(single);
  });
});

function device(estate = "riverside"): DeviceStatus {
  return { id: "d1", estate, state: "offline", since_at: at(0) };
}

describe("what is held back", () => {
  const shelved = alarm("a1", { suppression: "s1", suppression_kind: "shelved" });

  test("is in the state with what holds it, until that ends", () => {
    const state = fromSnapshot(
      snapshot({ alarms: [shelved], suppressions: [suppression("s1")] }),
    );
    expect([...state.suppressions.keys()]).toEqual(["s1"]);
    const over = suppression("s1", { ended_at: at(60) });
    const freed = after(
      state,
      event(11, "suppression.ended", over),
      event(12, "alarm.unsuppressed", alarm("a1")),
    );
    expect([...freed.suppressions.keys()]).toEqual([]);
    expect([...freed.alarms.values()].filter(isHeldBack)).toEqual([]);
  });

  test("is told from what asks for the operator", () => {
    expect([shelved, alarm("a2")].map(isHeldBack)).toEqual([true, false]);
  });

  test("begins while the page is open", () => {
    const state = after(
      empty,
      event(11, "suppression.began", suppression("s1")),
      event(12, "alarm.suppressed", shelved),
    );
    expect(state.suppressions.get("s1")?.by).toBe("operator");
    expect(state.alarms.get("a1")?.suppression).toBe("s1");
  });
});

test("a flood runs from its beginning to its end", () => {
  const running = after(empty, event(11, "flood.began", flood("f1")));
  expect([...running.floods.keys()]).toEqual(["f1"]);
  const ended = flood("f1", { ended_at: at(900), count: 40 });
  expect(after(running, event(12, "flood.ended", ended)).floods.size).toBe(0);
  expect(fromSnapshot(snapshot({ floods: [flood("f2")] })).floods.has("f2")).toBe(true);
});
