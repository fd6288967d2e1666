/** Emergency plans as the hub gives them, and what of one applies to an incident. */

import { at } from "../api/paths";
import type { Aftercare, Incident, IncidentDetail, Level, Plan, Text } from "../api/records";
import { get, Problem } from "../api/http";
import { isActive } from "../live/reduce";
import { graverFirst, isAtLeast } from "../words/levels";

/** The plan that an incident goes by; `newest` is the version in force. */
export interface PlanFound {
  plan: Plan;
  newest: number;
}

export interface LevelWords {
  level: Level;
  words: Text;
}

export interface Progress {
  done: number;
  all: number;
}

export async function plansOf(estate: string): Promise<Plan[]> {
  return (await get(at("/plans", { estate }))).items;
}

/** The incident's plan, in the version that it began with if that is still kept. */
export async function planOf(
  incident: Pick<Incident, "estate" | "plan_version">,
  id: string,
): Promise<PlanFound> {
  const of = { part_id: id, estate: incident.estate };
  const current = await get(at("/plans/{part_id}", of));
  const found = { plan: current, newest: current.version };
  const began = incident.plan_version;
  if (began === null || began === current.version) return found;
  try {
    return { ...found, plan: await get(at("/plans/{part_id}", { ...of, version: began })) };
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return found;
    throw error;
  }
}

/** The plan's levels with their words, the least grave first. */
export function levelsOf(plan: Plan): LevelWords[] {
  return (Object.entries(plan.levels) as [Level, Text][])
    .map(([level, words]) => ({ level, words }))
    .sort((a, b) => graverFirst(b.level, a.level));
}

/** Those that a person can start it at: what a person tells of counts as confirmed. */
export function levelsToStart(plan: Plan): LevelWords[] {
  const least = plan.confirmed_level;
  return levelsOf(plan).filter(({ level }) => !least || isAtLeast(level, least));
}

export function aftercareAt(plan: Plan, level: Level): Aftercare[] {
  return plan.aftercare
    .filter(({ from_level }) => isAtLeast(level, from_level))
    .sort((a, b) => a.within_h - b.within_h);
}

/** What must be through before it can be closed, and how far that is; as the hub judges it. */
export function endingOf(incident: IncidentDetail): Record<"tasks" | "alarms" | "tickets", Progress> {
  const tasks = incident.tickets.flatMap((ticket) => ticket.tasks);
  const others = incident.tickets.filter(
    ({ id, report }) => id !== incident.ticket_id || report !== null,
  );
  return {
    tasks: progress(tasks, ({ state, times }) => state !== "open" || times > 0),
    alarms: progress(incident.alarms, (alarm) => !isActive(alarm)),
    tickets: progress(others, ({ closed_at }) => closed_at !== null),
  };
}

function progress<Item>(items: readonly Item[], isThrough: (item: Item) => boolean): Progress {
  return { done: items.filter(isThrough).length, all: items.length };
}
