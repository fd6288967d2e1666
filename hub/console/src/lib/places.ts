/** Where something can happen on an estate. */

import { get } from "./http";
import type { Text } from "./records";

export interface BuildingPlace {
  id: string;
  name: Text;
  /** A basement is negative. */
  floors: number[];
  units: { id: string; floor: number }[];
}

export interface Places {
  buildings: BuildingPlace[];
  garages: { id: string; name: Text }[];
}

export function placesOf(estate: string): Promise<Places> {
  return get<Places>(`/estates/${encodeURIComponent(estate)}/places`);
}
