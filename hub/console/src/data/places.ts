/** Where something can happen on an estate. */

import { get } from "../api/http";
import { at } from "../api/paths";
import type { Places, ValvePlace } from "../api/records";

export async function valvesOf(estate: string): Promise<ValvePlace[]> {
  const path = at("/estates/{estate}/valves", { estate });
  return (await get(path)).items;
}

export function placesOf(estate: string): Promise<Places> {
  return get(at("/estates/{estate}/places", { estate }));
}
