/** What happens, as the live feed and an incident's timeline tell it. */

import type { Drill } from "./drills";
import type { Handover } from "./handovers";
import type {
  Alarm,
  AlarmFlood,
  Callout,
  CalloutState,
  DeviceStatus,
  Incident,
  Notice,
  NoticeState,
  Refusal,
  Suppression,
  SystemAlarm,
  Ticket,
} from "./records";
import type { Review } from "./reviews";

interface Happening<Kind extends string, Payload> {
  seq: number;
  estate: string;
  kind: Kind;
  at: string;
  by: string;
  reason: string;
  record: Payload;
}

type AlarmVerb =
  | "raised"
  | "raised_again"
  | "realarmed"
  | "acknowledged"
  | "cleared"
  | "reset"
  | "recorded"
  | "suppressed"
  | "unsuppressed"
  | "chattering"
  | "settled"
  | "became_stale"
  | "moved"
  | "first_out_changed";
type IncidentVerb =
  | "opened"
  | "alarm_added"
  | "severity_changed"
  | "cause_found"
  | "merged"
  | "grown"
  | "shrunk"
  | "reclassified"
  | "level_raised"
  | "confirmed"
  | "household_added"
  | "household_removed"
  | "updated"
  | "reopened"
  | "closed";
type TicketVerb =
  | "opened"
  | "alarm_added"
  | "moved"
  | "reclassified"
  | "dispatched"
  | "accepted"
  | "arrived"
  | "started"
  | "rejected"
  | "transferred"
  | "suspended"
  | "resumed"
  | "resolved"
  | "verified"
  | "verification_failed"
  | "call_back_due"
  | "called_back"
  | "reopened"
  | "clock_missed"
  | "noted"
  | "effort_added"
  | "works_announced"
  | "works_began"
  | "task_completed"
  | "task_waived"
  | "task_added"
  | "task_overdue"
  | "halted"
  | "went_on"
  | "closed";
type NoticeVerb =
  | "requested"
  | "approved"
  | "released"
  | "withdrawn"
  | "reached"
  | Exclude<NoticeState, "awaiting_approval" | "waiting" | "queued" | "withdrawn">;

type CalloutVerb = "repeated" | CalloutState;

type DrillVerb =
  | "planned"
  | "cancelled"
  | "postponed"
  | "started"
  | "injected"
  | "progressed"
  | "paused"
  | "resumed"
  | "noted"
  | "ended";

type ReviewVerb =
  | "opened"
  | "task_added"
  | "task_completed"
  | "task_waived"
  | "task_overdue"
  | "cause_recorded"
  | "damage_recorded"
  | "measure_added"
  | "measure_completed"
  | "measure_overdue"
  | "finished";

export type LiveEvent =
  | Happening<`alarm.${AlarmVerb}`, Alarm>
  | Happening<`incident.${IncidentVerb}`, Incident>
  | Happening<`ticket.${TicketVerb}`, Ticket>
  | Happening<`notice.${NoticeVerb}`, Notice>
  | Happening<`callout.${CalloutVerb}`, Callout>
  | Happening<`drill.${DrillVerb}`, Drill>
  | Happening<`handover.${Handover["state"]}`, Handover>
  | Happening<`review.${ReviewVerb}`, Review>
  | Happening<`suppression.${"began" | "ended"}`, Suppression>
  | Happening<`flood.${"began" | "ended"}`, AlarmFlood>
  | Happening<`device.${"offline" | "online"}`, DeviceStatus>
  | Happening<"command.refused", Refusal>
  | Happening<`system.${"alarm" | "seen"}`, SystemAlarm>;

export type EventKind = LiveEvent["kind"];

export interface IncidentDetail extends Incident {
  alarms: Alarm[];
  tickets: Ticket[];
  notices: { total: number; by_state: Partial<Record<NoticeState, number>> };
  events: LiveEvent[];
}
