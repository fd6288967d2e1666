/** Who is signed in. */

import { get, send, setCsrf } from "../api/http";
import { at } from "../api/paths";
import type { Session } from "../api/records";
import { live } from "../live/live.svelte";
import { language } from "../words/language.svelte";

/** What is decided at the desk, not on site. */
const DESK = [
  "reset",
  "start",
  "confirm",
  "raise_level",
  "regroup",
  "close",
  "dispatch",
  "shelve",
  "notify",
  "verify",
  "report",
  "hand_over",
  "see_system",
] as const;
/** What only a manager answers for. */
const PERMITS = [
  "take_out_of_service",
  "try_rules",
  "change_rules",
  "approve",
  "plan_works",
  "run_drills",
  "manage_users",
  "change_roster",
  "see_households",
] as const;
export type Action = (typeof DESK)[number] | (typeof PERMITS)[number];

const ALLOWED: Record<Session["role"], readonly Action[]> = {
  operator: DESK,
  engineer: [],
  manager: [...DESK, ...PERMITS],
  admin: [...DESK, ...PERMITS],
};

let current = $state.raw<Session | null>();

export const session = {
  /** Undefined until the hub has answered, null where nobody is signed in. */
  get current(): Session | null | undefined {
    return current;
  },
  /** Whether the hub would take this kind of command from the user; it decides, this only hides. */
  may(action: Action): boolean {
    return current ? ALLOWED[current.role].includes(action) : false;
  },
  async load(): Promise<void> {
    begin(await get(at("/session")));
  },
  async signIn(user: string, password: string): Promise<void> {
    const body = await send("post", at("/session"), { user, password });
    if (body) begin(body);
  },
  async signOut(): Promise<void> {
    await send("delete", at("/session"));
    this.over();
  },
  /** The hub does not know the session (any more). */
  over(): void {
    current = null;
    live.stop();
  },
};

function begin(body: Session): void {
  setCsrf(body.csrf ?? "");
  if (!language.chosen) language.set(body.language, false);
  current = body;
  live.start();
}
