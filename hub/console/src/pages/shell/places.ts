/** The console's pages as the rail lists them: one line each, in groups. */

import type { Page } from "../../browser/router.svelte";
import type { IconName } from "../../components/Icon.svelte";
import type { Action } from "../../data/session.svelte";
import type { MessageKey } from "../../words/language.svelte";

export const GROUPS = ["now", "after", "estate", "rules"] as const;
export type Group = (typeof GROUPS)[number];

export interface Place {
  href: string;
  name: Page["name"];
  icon: IconName;
  words: MessageKey;
  group: Group;
  /** Hidden from whom the hub would not let do this; everybody where unset. */
  needs?: Action;
  /** In sight on a phone, where there is room for four; the others are behind "More". */
  phone?: boolean;
}

export const PLACES: Place[] = [
  { href: "/", name: "board", icon: "alarm", words: "nav.board", group: "now", phone: true },
  { href: "/tickets", name: "tickets", icon: "ticket", words: "nav.tickets", group: "now", phone: true },
  { href: "/roster", name: "roster", icon: "roster", words: "nav.roster", group: "now", phone: true },
  { href: "/handover", name: "handover", icon: "handover", words: "nav.handover", group: "now" },
  { href: "/held", name: "held", icon: "held", words: "nav.held", group: "now" },
  { href: "/reviews", name: "reviews", icon: "review", words: "nav.reviews", group: "after" },
  { href: "/drills", name: "drills", icon: "drill", words: "nav.drills", group: "after" },
  { href: "/figures", name: "figures", icon: "figures", words: "nav.figures", group: "after", needs: "confirm" },
  { href: "/devices", name: "devices", icon: "device", words: "nav.devices", group: "estate", phone: true },
  { href: "/households", name: "households", icon: "home", words: "nav.households", group: "estate", needs: "see_households" },
  { href: "/staff", name: "staff", icon: "mass", words: "nav.staff", group: "estate", needs: "manage_users" },
  { href: "/rules", name: "rules", icon: "rules", words: "nav.rules", group: "rules" },
  { href: "/backtest", name: "backtest", icon: "backtest", words: "nav.backtest", group: "rules", needs: "try_rules" },
];
