/** The records of the hub's API, named and shaped as the rules' own records. */

export type Language = "en" | "zh";
export type Text = Record<Language, string>;

export const PRIORITIES = ["P1", "P2", "P3", "P4"] as const;
export type Priority = (typeof PRIORITIES)[number];
export type Level = "I" | "II" | "III" | "IV";

export interface Place {
  text: Text;
  building: string | null;
  floor: number | null;
  unit: string | null;
  riser: string | null;
  zone: string | null;
  lift: string | null;
  garage: string | null;
}

export type AlarmState =
  | "normal"
  | "unacknowledged"
  | "acknowledged"
  | "returned_unacknowledged"
  | "latched_unacknowledged"
  | "latched_acknowledged";

/** Shelved by a person, explained by another alarm, or out of service (ISA-18.2, G to I). */
export type SuppressionKind = "shelved" | "by_design" | "out_of_service";

export interface Alarm {
  id: string;
  estate: string;
  device: string;
  signal: string;
  rule: string;
  rule_version: number;
  priority: Priority;
  state: AlarmState;
  latching: boolean;
  title: Text;
  advice: Text;
  place: Place;
  value: number | string;
  unit: string;
  source: string;
  raised_at: string;
  incident_id: string | null;
  cleared_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  first_out: boolean;
  drill: boolean;
  count: number;
  /** The id of what holds it back: a suppression, or the alarm that explains it. */
  suppression: string | null;
  suppression_kind: SuppressionKind | null;
  chattering: boolean;
  stale: boolean;
  /** When its readings came, if that was too late to tell of it at its time. */
  told_at: string | null;
}

/** What a person holds back; `rules` is empty where it is all of the devices' alarms. */
export interface Suppression {
  id: string;
  estate: string;
  kind: Exclude<SuppressionKind, "by_design">;
  devices: string[];
  rules: string[];
  place: Text;
  by: string;
  reason: string;
  since_at: string;
  until_at: string;
  measure: string;
  ended_at: string | null;
}

export interface AlarmFlood {
  id: string;
  estate: string;
  began_at: string;
  count: number;
  ended_at: string | null;
}

export interface Rule {
  id: string;
  name: Text;
  shelvable: boolean;
}

export interface Device {
  id: string;
  estate: string;
  type: string;
  state: "unknown" | "online" | "offline";
  place: Text;
}

export type IncidentKind =
  | "fire"
  | "lift"
  | "pipe"
  | "flood"
  | "wind"
  | "cold"
  | "heat"
  | "power"
  | "mass"
  | "health"
  | "ticket";
/** What probably explains an incident: in words, and the device or valve that it points at. */
export interface Cause {
  text: Text;
  device: string | null;
  valve: string | null;
}

export type Outcome = "resolved" | "false_alarm" | "merged" | "cancelled";

export interface Incident {
  id: string;
  estate: string;
  kind: IncidentKind;
  key: string;
  level: Level;
  confirmed: boolean;
  state: "open" | "closed";
  title: Text;
  place: Place;
  plan: string | null;
  plan_version: number | null;
  opened_at: string;
  alarm_count: number;
  ticket_id: string;
  first_out: string | null;
  /** The priority of its gravest standing alarm; null where none stands. */
  severity: Priority | null;
  cause: Cause | null;
  merged_into: string | null;
  closed_at: string | null;
  outcome: Outcome | null;
  drill: boolean;
  /** Households that a person put on the list, and took off it. */
  added: string[];
  removed: string[];
  updated_at: string | null;
}

export type TicketClass = "emergency" | "urgent" | "ordinary" | "planned" | "complaint";
export type Role = "CR" | "SL" | "EN" | "SE" | "CS" | "CL" | "PM" | "MC" | "HQ";
export type TicketState =
  | "new"
  | "dispatched"
  | "accepted"
  | "on_site"
  | "working"
  | "suspended"
  | "resolved"
  | "verified"
  | "callback"
  | "closed"
  | "cancelled";
export type ClockName = "accept" | "respond" | "finish";

export interface ServiceClock {
  due_at: string;
  met_at: string | null;
  /** Since when it stands, while the ticket rests. */
  paused_at?: string | null;
  /** When the ticket ended without having met it. */
  stopped_at?: string | null;
}

export type ProofKind = "photo" | "text" | "headcount" | "reading" | "signature";

/** Files by their SHA-256. */
export interface Proof {
  photos: string[];
  headcount: number | null;
  reading: number | null;
  signature: string | null;
}

export type PauseCause = "parts" | "access" | "weather" | "other";

export interface Pause {
  cause: PauseCause;
  reason: string;
  approver: string;
  since_at: string;
  until_at: string;
  ended_at: string | null;
}

export interface Effort {
  kind: "part" | "labour";
  words: string;
  quantity: number;
  unit: string;
  cost_fen: number;
  by: string;
  added_at: string;
}

export interface Report {
  kind: "repair" | "complaint";
  category: string;
  words: string;
  by: string;
  household: string | null;
  demand: string;
  about: string | null;
}

export interface Works {
  valve: string;
  from_at: string;
  until_at: string;
  reason: string;
  told_at: string | null;
}

export interface Task {
  id: string;
  role: Role;
  title: Text;
  proof: Text | null;
  due_at: string | null;
  state: "open" | "done" | "waived";
  ended_at: string | null;
  ended_by: string | null;
  note: string;
  proof_kinds: ProofKind[];
  handed_in: Proof | null;
  /** Whom it reports to outside the estate's own staff, and at which fixed number. */
  report_to: Text | null;
  phone: string | null;
  /** How often a task that repeats was done. */
  times: number;
}

export interface Valve {
  id: string;
  place: Text;
  isolates: number;
}

export interface Ticket {
  id: string;
  estate: string;
  incident_id: string;
  class: TicketClass;
  priority: Priority;
  state: TicketState;
  title: Text;
  place: Place;
  opened_at: string;
  clocks: Partial<Record<ClockName, ServiceClock>>;
  tasks: Task[];
  valves: Valve[];
  assignee: string | null;
  closed_at: string | null;
  drill: boolean;
  role: Role | null;
  worker: string | null;
  verified_by: string | null;
  satisfaction: number | null;
  reopened: number;
  pauses: Pause[];
  efforts: Effort[];
  photos: string[];
  report: Report | null;
  works: Works | null;
  /** Since when all its deadlines stand, as the drill that it is of was stopped. */
  halted_at?: string | null;
}

export type Urgency = "N1" | "N2" | "N3" | "N4";
export const NOTICE_STATES = [
  "awaiting_approval",
  "waiting",
  "queued",
  "failed",
  "delivered",
  "answered",
  "read",
  "withdrawn",
] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

export interface Notice {
  id: string;
  estate: string;
  incident_id: string;
  household: string;
  template: string;
  version: number;
  urgency: Urgency;
  wave: number;
  text: Text;
  state: NoticeState;
  requested_at: string;
  delivered_at: string | null;
  read_at: string | null;
  drill: boolean;
  /** Why it concerns the household: a code of the affected set, or `code:id`. */
  why: string;
  /** Until then only channels that disturb nobody carry it. */
  not_before_at: string | null;
  /** How a person of the household is known to have it. */
  reached_by: string | null;
  reached_at: string | null;
}

/** A notice with the masked name of the household that it went to. */
export interface ToldHousehold extends Notice {
  unit: string;
  name: string;
}

export type Need = "mobility" | "medical_device" | "elderly_alone" | "infant";

/** A household that nothing has reached in time: somebody knocks. */
export interface AtDoor extends ToldHousehold {
  needs: Need[];
  knock_since: string;
}

export type AttemptState = "sent" | "skipped" | "retried" | "failed" | "delivered" | "answered";

/** One attempt to reach a household. `may_repeat`: a crash may have made it twice. */
export interface Attempt {
  channel: string;
  /** The number of the household's contact; null: it went to the household itself. */
  contact: number | null;
  attempt: number;
  state: AttemptState;
  at: string;
  provider_id: string | null;
  evidence: string;
  may_repeat: boolean;
}

export interface NoticePreview {
  template: string;
  text: Text;
  households: number;
  parts: { wave: number; why: string; households: number }[];
}

export type CalloutState =
  | "requested"
  | "failed"
  | "delivered"
  | "answered"
  | "declined"
  | "stood_down";

/** A member of staff is called. */
export interface Callout {
  id: string;
  estate: string;
  incident_id: string;
  ticket_id: string;
  user: string;
  duty: Role | null;
  /** Of the escalation policy; empty where a ticket was given to the person. */
  level: string;
  why: "unanswered" | "dispatched" | "not_accepted" | "drill_stopped";
  priority: Priority;
  text: Text;
  place: Place;
  requested_at: string;
  state: CalloutState;
  called_at: string;
  times: number;
  /** The last resort: everybody is called, and every console sounds. */
  all_hands: boolean;
  delivered_at: string | null;
  ended_at: string | null;
  drill: boolean;
}

export interface DeviceStatus {
  id: string;
  estate: string;
  state: string;
  since_at: string;
}

export interface Refusal {
  id: string;
  estate: string;
  command: string;
  code: string;
  detail: string;
}

export interface SystemAlarm {
  id: string;
  estate: string;
  detail: string;
  priority: Priority;
  seen_at: string | null;
}

export interface UnseenSystemAlarm {
  estate: string;
  id: string;
  detail: string;
  at: string;
}

export interface Estate {
  id: string;
  name: Text;
}

export interface Snapshot {
  seq: number;
  now: string;
  estates: Estate[];
  alarms: Alarm[];
  incidents: Incident[];
  tickets: Ticket[];
  /** Those in force. */
  suppressions: Suppression[];
  /** Those that run. */
  floods: AlarmFlood[];
  /** Those that wait for an answer. */
  callouts: Callout[];
  /** Notices per open incident, by the incident's id. */
  notices?: Record<string, number>;
  devices_offline: number;
  dead_letters: number;
  storage: string;
}

export interface Session {
  user: string;
  role: "operator" | "engineer" | "manager" | "admin";
  csrf: string | null;
  language: Language;
  estates: Estate[];
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
}
