/** Small records for tests: each with what a test does not care about filled in. */

import type {
  Alarm,
  AlarmFlood,
  Clock,
  EventKind,
  Incident,
  LiveEvent,
  Notice,
  Place,
  Snapshot,
  Suppression,
  Task,
  Ticket,
} from "../src/api/records";

export const AT = "2026-11-24T20:00:00.000000Z";

export function at(seconds: number): string {
  return new Date(Date.parse(AT) + seconds * 1000).toISOString();
}

const place: Place = {
  text: { en: "B3 5F", zh: "B3 5层" },
  building: "B3",
  floor: 5,
  unit: null,
  riser: null,
  zone: null,
  lift: null,
  garage: null,
};

export function alarm(id: string, changes: Partial<Alarm> = {}): Alarm {
  return {
    id,
    estate: "riverside",
    device: `device-${id}`,
    signal: "wet",
    rule: "leak",
    rule_version: 1,
    priority: "P3",
    state: "unacknowledged",
    latching: false,
    title: { en: "Water leak", zh: "漏水" },
    advice: { en: "Call the flat.", zh: "致电住户。" },
    place,
    value: 1,
    unit: "",
    source: "DOMAIN 3.2",
    raised_at: AT,
    incident_id: "i1",
    cleared_at: null,
    acknowledged_at: null,
    acknowledged_by: null,
    first_out: false,
    drill: false,
    count: 1,
    suppression: null,
    suppression_kind: null,
    chattering: false,
    stale: false,
    told_at: null,
    ...changes,
  };
}

export function incident(id: string, changes: Partial<Incident> = {}): Incident {
  return {
    id,
    estate: "riverside",
    kind: "pipe",
    key: id,
    level: "IV",
    confirmed: false,
    state: "open",
    title: { en: "Leak", zh: "漏水" },
    place,
    plan: "PIPE",
    plan_version: 1,
    opened_at: AT,
    alarm_count: 1,
    ticket_id: `t-${id}`,
    first_out: null,
    first_out_at: null,
    severity: "P3",
    cause: null,
    merged_into: null,
    merged_keys: [],
    closed_at: null,
    outcome: null,
    drill: false,
    added: [],
    removed: [],
    updated_at: null,
    ...changes,
  };
}

export function task(id: string, changes: Partial<Task> = {}): Task {
  return {
    id,
    role: "EN",
    title: { en: "Close the valve.", zh: "关阀。" },
    proof: null,
    due_at: null,
    state: "open",
    ended_at: null,
    ended_by: null,
    note: "",
    proof_kinds: [],
    handed_in: null,
    report_to: null,
    phone: null,
    times: 0,
    overdue_at: null,
    repeat_min: null,
    ...changes,
  };
}

/** A clock of a ticket, due at `due_at`. */
export function clock(due_at: string, changes: Partial<Clock> = {}): Clock {
  const runs = { met_at: null, paused_at: null, missed_at: null, stopped_at: null };
  return { due_at, ...runs, ...changes };
}

export function ticket(id: string, changes: Partial<Ticket> = {}): Ticket {
  return {
    id,
    estate: "riverside",
    incident_id: "i1",
    class: "urgent",
    priority: "P3",
    state: "new",
    title: { en: "Leak", zh: "漏水" },
    place,
    opened_at: AT,
    clocks: {},
    tasks: [],
    valves: [],
    assignee: null,
    closed_at: null,
    drill: false,
    role: null,
    verification: "person",
    call_back: false,
    worker: null,
    verified_by: null,
    satisfaction: null,
    reopened: 0,
    pauses: [],
    efforts: [],
    photos: [],
    report: null,
    works: null,
    halted_at: null,
    ...changes,
  };
}

export function notice(id: string, changes: Partial<Notice> = {}): Notice {
  return {
    id,
    estate: "riverside",
    incident_id: "i1",
    household: "B3-05-01",
    template: "LEAK",
    version: 1,
    urgency: "N2",
    wave: 0,
    text: { en: "Leak at 5-01.", zh: "5-01 漏水。" },
    state: "queued",
    requested_at: AT,
    delivered_at: null,
    read_at: null,
    drill: false,
    why: "source",
    not_before_at: null,
    reached_by: null,
    reached_at: null,
    ...changes,
  };
}

export function suppression(id: string, changes: Partial<Suppression> = {}): Suppression {
  return {
    id,
    estate: "riverside",
    kind: "shelved",
    devices: ["device-a1"],
    rules: ["leak"],
    place: place.text,
    by: "operator",
    reason: "floor is being washed",
    since_at: AT,
    until_at: at(1800),
    measure: "",
    ended_at: null,
    ...changes,
  };
}

export function flood(id: string, changes: Partial<AlarmFlood> = {}): AlarmFlood {
  return { id, estate: "riverside", began_at: AT, count: 11, ended_at: null, ...changes };
}

type RecordOf<Kind extends EventKind, Of = LiveEvent> = Of extends LiveEvent
  ? Kind extends Of["kind"]
    ? Of["record"]
    : never
  : never;

export function event<Kind extends EventKind>(
  seq: number,
  kind: Kind,
  record: RecordOf<Kind>,
  when: string = at(seq),
): LiveEvent {
  return {
    seq,
    estate: "riverside",
    kind,
    at: when,
    by: "system",
    reason: "",
    record,
  } as LiveEvent;
}

export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    position: "riverside:10",
    now: AT,
    estates: [{ id: "riverside", name: { en: "Riverside", zh: "滨江" } }],
    alarms: [],
    incidents: [],
    tickets: [],
    suppressions: [],
    floods: [],
    callouts: [],
    notices: {},
    devices_offline: 0,
    dead_letters: 0,
    storage: "PostgreSQL 18.6",
    ...changes,
  };
}
