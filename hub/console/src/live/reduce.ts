/**
 * The console's whole knowledge, as one pure function of a snapshot and the events after it.
 *
 * An event carries its record as it stands afterwards, so that reducing is putting the record in
 * its place by id. An event at or before the last one seen of its estate changes nothing; a gap asks
 * for a new snapshot. Nothing is mutated: a part that did not change keeps its identity.
 */

import type {
  Alarm,
  AlarmFlood,
  Callout,
  EstateName,
  EventKind,
  Incident,
  LiveEvent,
  Snapshot,
  Suppression,
  Ticket,
} from "../api/records";
import { holds, type Seen, seenAt } from "./position";

/** Closed incidents and tickets kept beside the open ones. */
export const CLOSED_KEPT = 50;
/**
 * Last events kept, for pages that join their own fetch with the stream: more than the hub sends
 * again after a lost connection (5,000) before it says gap.
 */
export const EVENTS_KEPT = 6000;

export interface ConsoleState {
  seen: Seen;
  /** The stream no longer holds what comes after what was seen: fetch a snapshot. */
  gap: boolean;
  estates: EstateName[];
  alarms: ReadonlyMap<string, Alarm>;
  incidents: ReadonlyMap<string, Incident>;
  tickets: ReadonlyMap<string, Ticket>;
  /** What people hold back now. */
  suppressions: ReadonlyMap<string, Suppression>;
  floods: ReadonlyMap<string, AlarmFlood>;
  /** Calls of staff that wait for an answer. */
  callouts: ReadonlyMap<string, Callout>;
  /** Notices asked for, per open incident. */
  told: ReadonlyMap<string, number>;
  /** The last event of each kind and of each noun, the newest last. */
  last: ReadonlyMap<EventKind | Noun, LiveEvent>;
  /** The last events about each incident, newest last, also of what has left it. */
  ofIncident: ByIncident;
  devicesOffline: number;
  /** Whether each device of which the stream spoke is online, by `deviceKey`. */
  devices: ReadonlyMap<string, boolean>;
  /** A device came online that may or may not have counted as offline: ask for the count. */
  recount: boolean;
  deadLetters: number;
  storage: string;
}

export type Message = { type: "event"; event: LiveEvent } | { type: "gap" };

export function fromSnapshot(snapshot: Snapshot): ConsoleState {
  return {
    seen: seenAt(snapshot.position),
    gap: false,
    estates: snapshot.estates,
    alarms: byId(snapshot.alarms.filter(isActive)),
    incidents: bounded(byId(snapshot.incidents)),
    tickets: bounded(byId(snapshot.tickets)),
    suppressions: byId(snapshot.suppressions),
    floods: byId(snapshot.floods),
    callouts: byId(snapshot.callouts),
    told: new Map(Object.entries(snapshot.notices ?? {})),
    last: new Map(),
    ofIncident: new Map(),
    devicesOffline: snapshot.devices_offline,
    devices: new Map(),
    recount: false,
    deadLetters: snapshot.dead_letters,
    storage: snapshot.storage,
  };
}

/** The state with the number of devices offline as the hub counts it now. */
export function recounted(state: ConsoleState, devicesOffline: number): ConsoleState {
  return { ...state, devicesOffline, recount: false };
}

/** The state after `messages`, in their order. One copy per changed part, however many there are. */
export function reduce(state: ConsoleState, messages: readonly Message[]): ConsoleState {
  const draft = new Draft(state);
  for (const message of messages) {
    if (message.type === "gap") draft.gap = true;
    else if (!holds(draft.seen, message.event)) draft.apply(message.event);
  }
  return draft.finish();
}

/** A device's id is its own within its estate only. */
export function deviceKey({ estate, id }: { estate: string; id: string }): string {
  return `${estate}/${id}`;
}

export function isActive(alarm: Alarm): boolean {
  return alarm.state !== "normal";
}

/** Recorded, but neither on the board nor heard: something holds it back. */
export function isHeldBack(alarm: Alarm): boolean {
  return alarm.suppression !== null;
}

export function isUnacknowledged(alarm: Alarm): boolean {
  return (
    alarm.state === "unacknowledged" ||
    alarm.state === "returned_unacknowledged" ||
    alarm.state === "latched_unacknowledged"
  );
}

type NounOf<Kind> = Kind extends `${infer Noun}.${string}` ? Noun : never;
type Noun = NounOf<EventKind>;

/** Whether the event is about a `noun`, so that its record is one. */
export function isOf<N extends Noun>(
  noun: N,
  event: LiveEvent,
): event is Extract<LiveEvent, { kind: `${N}.${string}` }> {
  return event.kind.startsWith(`${noun}.`);
}

/** Copies a part of the state when it is first written to. */
class Draft {
  readonly seen: Map<string, number>;
  gap: boolean;
  #alarms: Map<string, Alarm> | undefined;
  #incidents: Map<string, Incident> | undefined;
  #tickets: Map<string, Ticket> | undefined;
  #suppressions: Map<string, Suppression> | undefined;
  #floods: Map<string, AlarmFlood> | undefined;
  #callouts: Map<string, Callout> | undefined;
  #told: Map<string, number> | undefined;
  #last: Map<EventKind | Noun, LiveEvent> | undefined;
  readonly #ofIncident = new Map<string, LiveEvent[]>();
  #devices: Map<string, boolean> | undefined;
  #devicesOffline: number;
  #recount: boolean;
  readonly #from: ConsoleState;

  constructor(from: ConsoleState) {
    this.#from = from;
    this.seen = new Map(from.seen);
    this.gap = from.gap;
    this.#devicesOffline = from.devicesOffline;
    this.#recount = from.recount;
  }

  apply(event: LiveEvent): void {
    this.seen.set(event.estate, event.seq);
    this.#note(event);
    if (isOf("alarm", event)) this.#putAlarm(event.record);
    else if (isOf("incident", event)) {
      this.#incidents ??= new Map(this.#from.incidents);
      this.#incidents.set(event.record.id, event.record);
    } else if (isOf("ticket", event)) {
      this.#tickets ??= new Map(this.#from.tickets);
      this.#tickets.set(event.record.id, event.record);
    } else if (isOf("suppression", event)) {
      this.#suppressions = withCurrent(this.#suppressions ?? this.#from.suppressions, event.record);
    } else if (isOf("flood", event)) {
      this.#floods = withCurrent(this.#floods ?? this.#from.floods, event.record);
    } else if (isOf("callout", event)) {
      this.#callouts = withCurrent(this.#callouts ?? this.#from.callouts, event.record);
    } else if (event.kind === "notice.requested") this.#countNotice(event.record.incident_id);
    else if (isOf("device", event)) {
      this.#countDevice(deviceKey(event.record), event.kind === "device.online");
    }
  }

  finish(): ConsoleState {
    const from = this.#from;
    if (!this.#last && this.gap === from.gap) return from;
    const incidents = this.#incidents ? bounded(this.#incidents) : from.incidents;
    return {
      ...from,
      seen: this.seen,
      gap: this.gap,
      alarms: this.#alarms ?? from.alarms,
      incidents,
      tickets: this.#tickets ? bounded(this.#tickets) : from.tickets,
      suppressions: this.#suppressions ?? from.suppressions,
      floods: this.#floods ?? from.floods,
      callouts: this.#callouts ?? from.callouts,
      told: this.#told ? only(incidents, this.#told) : from.told,
      last: this.#last ?? from.last,
      ofIncident: joined(from.ofIncident, this.#ofIncident),
      devices: this.#devices ?? from.devices,
      devicesOffline: this.#devicesOffline,
      recount: this.#recount,
    };
  }

  #putAlarm(alarm: Alarm): void {
    this.#alarms ??= new Map(this.#from.alarms);
    if (isActive(alarm)) this.#alarms.set(alarm.id, alarm);
    else this.#alarms.delete(alarm.id);
  }

  /** Before its record is put in its place: what it tells of may come from another incident. */
  #note(event: LiveEvent): void {
    this.#last ??= new Map(this.#from.last);
    for (const key of [event.kind, nounOf(event)]) {
      this.#last.delete(key);
      this.#last.set(key, event);
    }
    for (const id of this.#incidentsOf(event)) {
      const those = this.#ofIncident.get(id);
      if (those) those.push(event);
      else this.#ofIncident.set(id, [event]);
    }
  }

  #incidentsOf(event: LiveEvent): Set<string> {
    const { record } = event;
    const ids = [isOf("incident", event) ? record.id : null];
    if ("incident_id" in record) ids.push(record.incident_id);
    if (isOf("alarm", event))
      ids.push((this.#alarms ?? this.#from.alarms).get(record.id)?.incident_id ?? null);
    if (isOf("ticket", event))
      ids.push((this.#tickets ?? this.#from.tickets).get(record.id)?.incident_id ?? null);
    return new Set(ids.filter((id) => id !== null));
  }

  #countDevice(key: string, online: boolean): void {
    this.#devices ??= new Map(this.#from.devices);
    const before = this.#devices.get(key);
    this.#devices.set(key, online);
    if (before === online) return;
    if (before === undefined && online) this.#recount = true;
    else this.#devicesOffline += online ? -1 : 1;
  }

  #countNotice(incidentId: string): void {
    this.#told ??= new Map(this.#from.told);
    this.#told.set(incidentId, (this.#told.get(incidentId) ?? 0) + 1);
  }
}

function nounOf({ kind }: LiveEvent): Noun {
  return kind.split(".", 1)[0] as Noun;
}

type ByIncident = ReadonlyMap<string, readonly LiveEvent[]>;

/** `before` and then `added`; if they are many, without the incidents told of longest ago. */
function joined(before: ByIncident, added: ByIncident): ByIncident {
  if (added.size === 0) return before;
  const events = new Map(before);
  for (const [id, those] of added) {
    events.delete(id);
    events.set(id, [...(before.get(id) ?? []), ...those]);
  }
  let count = [...events.values()].reduce((sum, { length }) => sum + length, 0);
  for (const [id, those] of events) {
    const tooMany = count - EVENTS_KEPT;
    if (tooMany <= 0) break;
    count -= Math.min(tooMany, those.length);
    if (those.length > tooMany) events.set(id, those.slice(tooMany));
    else events.delete(id);
  }
  return events;
}

function byId<Item extends { id: string }>(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map((item) => [item.id, item]));
}

/** `items` with the latest of `item`, or without it once it has ended. */
function withCurrent<Item extends { id: string; ended_at: string | null }>(
  items: ReadonlyMap<string, Item>,
  item: Item,
): Map<string, Item> {
  const changed = new Map(items);
  if (item.ended_at === null) changed.set(item.id, item);
  else changed.delete(item.id);
  return changed;
}

/** `items` without the closed ones that are older than the `CLOSED_KEPT` last closed. */
function bounded<Item extends { id: string; closed_at: string | null }>(
  items: Map<string, Item>,
): ReadonlyMap<string, Item> {
  const closed = [...items.values()].filter((item) => item.closed_at !== null);
  if (closed.length <= CLOSED_KEPT) return items;
  closed.sort((a, b) => (a.closed_at! < b.closed_at! ? 1 : -1));
  for (const item of closed.slice(CLOSED_KEPT)) items.delete(item.id);
  return items;
}

function only(
  incidents: ReadonlyMap<string, Incident>,
  told: Map<string, number>,
): ReadonlyMap<string, number> {
  for (const id of told.keys()) if (!incidents.has(id)) told.delete(id);
  return told;
}
