/** Where something can happen on an estate. */

import { get } from "../api/http";
import type { Page, Text } from "../api/records";

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

export interface ValvePlace {
  id: string;
  building: string;
  place: Text;
  /** The flats that are dry while it is closed. */
  isolates: string[];
}

export async function valvesOf(estate: string): Promise<ValvePlace[]> {
  const path = `/estates/${encodeURIComponent(estate)}/valves`;
  return (await get<Page<ValvePlace>>(path)).items;
}

export function placesOf(estate: string): Promise<Places> {
  return get<Places>(`/estates/${encodeURIComponent(estate)}/places`);
}
