/** Light or dark: the system's choice until the reader makes one. */

import { recall, remember } from "./remembered";

export type Scheme = "system" | "light" | "dark";
const NEXT: Record<Scheme, Scheme> = { system: "dark", dark: "light", light: "system" };

let current = $state<Scheme>(recalled());

export const scheme = {
  get current(): Scheme {
    return current;
  },
  /** System, dark, light, and round again. */
  next(): void {
    current = NEXT[current];
    remember("scheme", current);
    show();
  },
};

show();

function show(): void {
  if (current === "system") delete document.documentElement.dataset["scheme"];
  else document.documentElement.dataset["scheme"] = current;
}

function recalled(): Scheme {
  const value = recall("scheme");
  return value === "light" || value === "dark" ? value : "system";
}
