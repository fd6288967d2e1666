/** What people may report, as the ticket policy of the catalogue has it. */

export const CATEGORIES = [
  "water",
  "electricity",
  "lift",
  "doors_windows",
  "public_area",
  "cleaning",
  "security",
  "other",
] as const;

export const URGENCIES = ["urgent", "ordinary", "planned"] as const;
export type Urgency = (typeof URGENCIES)[number];

export const GRADES = ["ordinary", "complex", "major"] as const;
export type Grade = (typeof GRADES)[number];
