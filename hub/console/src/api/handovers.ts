/** Handovers of the desk, as the hub records them. */

export interface Handover {
  id: string;
  estate: string;
  outgoing: string;
  incoming: string;
  proposed_at: string;
  state: "proposed" | "accepted" | "withdrawn";
  keys: string;
  radios: string;
  note: string;
  alarms: string[];
  suppressions: string[];
  incidents: string[];
  tickets: string[];
  ended_at: string | null;
}
