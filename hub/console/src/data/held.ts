/** What is held back, by what holds it: people's suppressions, and alarms that explain others. */

import type { Alarm, Suppression } from "../api/records";
import { isHeldBack } from "../live/reduce";
import { inOrder } from "./board";

export interface Held {
  suppression: Suppression;
  /** Its alarms that are active now, the gravest first. */
  alarms: Alarm[];
}

export interface Explained {
  /** The alarm that explains the others. */
  id: string;
  alarms: Alarm[];
}

export interface HeldBack {
  shelved: Held[];
  explained: Explained[];
  outOfService: Held[];
}

export function heldBack(
  alarms: Iterable<Alarm>,
  suppressions: Iterable<Suppression>,
): HeldBack {
  const byHolder = new Map<string, Alarm[]>();
  for (const alarm of inOrder(alarms)) {
    if (alarm.suppression === null) continue;
    byHolder.set(alarm.suppression, [...(byHolder.get(alarm.suppression) ?? []), alarm]);
  }
  const held = [...suppressions]
    .map((suppression) => ({ suppression, alarms: byHolder.get(suppression.id) ?? [] }))
    .sort((a, b) => (a.suppression.until_at < b.suppression.until_at ? -1 : 1));
  const explained = [...byHolder]
    .map(([id, those]) => ({ id, alarms: those }))
    .filter((group) => group.alarms[0]?.suppression_kind === "by_design");
  return {
    shelved: held.filter(({ suppression }) => suppression.kind === "shelved"),
    explained,
    outOfService: held.filter(({ suppression }) => suppression.kind === "out_of_service"),
  };
}

export function countHeldBack(alarms: Iterable<Alarm>): number {
  return [...alarms].filter(isHeldBack).length;
}
