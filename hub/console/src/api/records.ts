/** The records of the hub's API, and the words that their fields choose from. */

import type {
  Alarm,
  Drill,
  Event,
  Household,
  HouseholdContact,
  Incident,
  Measure,
  Notice,
  Pause,
  PlanNotice,
  Session,
  Task,
  Ticket,
} from "./generated";

export type * from "./generated";

export type Language = Session["language"];
export type Priority = Alarm["priority"];
export type Level = Incident["level"];
export type ClockName = keyof Ticket["clocks"];
export type Role = Task["role"];
export type PauseCause = Pause["cause"];
export type Urgency = Notice["urgency"];
export type Outcome = NonNullable<Incident["outcome"]>;
export type NoticeState = Notice["state"];
export type Need = NonNullable<Household["needs"]>[number];
export type Agreed = NonNullable<Household["sms_agreed_how"]>;
export type Relation = HouseholdContact["relation"];
export type Audience = PlanNotice["audience"];
export type DrillState = Drill["state"];
export type DrillKind = Drill["kind"];
export type Phase = Measure["phase"];

export type LiveEvent = Event;
export type EventKind = LiveEvent["kind"];

export const PRIORITIES = ["P1", "P2", "P3", "P4"] as const satisfies readonly Priority[];
export const NOTICE_STATES = [
  "awaiting_approval",
  "waiting",
  "queued",
  "failed",
  "delivered",
  "answered",
  "read",
  "withdrawn",
] as const satisfies readonly NoticeState[];
export const ROLES = [
  "CR", "SL", "EN", "SE", "CS", "CL", "PM", "MC", "HQ",
] as const satisfies readonly Role[];
export const DRILL_KINDS = [
  "functional", "full_scale", "tabletop", "unannounced",
] as const satisfies readonly DrillKind[];
export const CAUSE_PARTS = ["common", "developer", "owner", "other"] as const;
export const PHASES = ["plan", "do", "check", "act"] as const satisfies readonly Phase[];
