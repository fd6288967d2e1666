/** Who is signed in. */

import { get, send, setCsrf } from "./http";
import { language } from "./language.svelte";
import { live } from "./live.svelte";
import type { Session } from "./records";

export type Action = "reset" | "confirm" | "close" | "dispatch";
/** What is decided at the desk, not on site. */
const DESK: ReadonlySet<Action> = new Set<Action>(["reset", "confirm", "close", "dispatch"]);

let current = $state.raw<Session | null>();

export const session = {
  /** Undefined until the hub has answered, null where nobody is signed in. */
  get current(): Session | null | undefined {
    return current;
  },
  /** Whether the hub would take this kind of command from the user; it decides, this only hides. */
  may(action: Action): boolean {
    return (
      current !== null &&
      current !== undefined &&
      !(current.role === "engineer" && DESK.has(action))
    );
  },
  async load(): Promise<void> {
    begin(await get<Session>("/session"));
  },
  async signIn(user: string, password: string): Promise<void> {
    const body = await send<Session>("POST", "/session", { user, password });
    if (body) begin(body);
  },
  async signOut(): Promise<void> {
    await send("DELETE", "/session");
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
