/** After-care as the hub answers it: reviews and their measures. */

import type { Role, Text } from "./records";

export const PARTS = ["common", "developer", "owner", "other"] as const;
export const PHASES = ["plan", "do", "check", "act"] as const;
export const ROLES = ["CR", "SL", "EN", "SE", "CS", "CL", "PM", "MC", "HQ"] as const;

export interface AftercareTask {
  id: string;
  role: Role;
  title: Text;
  due_at: string;
  household: string | null;
  state: "open" | "done" | "waived";
  ended_at: string | null;
  ended_by: string | null;
  note: string;
  score: number | null;
  photos: string[];
}

export interface Measure {
  id: string;
  phase: (typeof PHASES)[number];
  words: string;
  owner: Role;
  due_at: string;
  state: "open" | "done";
  note: string;
  overdue_at?: string | null;
}

export interface DamageItem {
  words: string;
  cost_fen: number;
}

export interface Damage {
  household: string;
  items: DamageItem[];
  photos: string[];
  offer_fen: number | null;
  /** The household's, under the offer: a file by its SHA-256. */
  signature: string | null;
}

export interface Review {
  id: string;
  incident_id: string;
  state: "open" | "done";
  opened_at: string;
  tasks: AftercareTask[];
  false_alarm: boolean;
  drill: boolean;
  cause: { words: string; part: (typeof PARTS)[number] } | null;
  damages: Damage[];
  measures: Measure[];
}
