/** The address as state. Links are ordinary links; this catches the ones within the console. */

let path = $state(location.pathname);

export const router = {
  get path(): string {
    return path;
  },
  go(to: string, options: { replace?: boolean } = {}): void {
    if (options.replace) history.replaceState(null, "", to);
    else history.pushState(null, "", to);
    path = location.pathname;
  },
};

/** What an address may begin with: a page by itself, with one of its things or without, of one thing. */
const ALONE = ["board", "held", "devices", "figures", "roster", "staff", "handover", "backtest", "sign-in"] as const;
const LISTS = ["tickets", "households", "doors", "rules", "plans", "messages", "policies", "drills", "reviews"] as const;
const OF_ONE = ["drill", "review", "incident", "callout"] as const;

type Alone = (typeof ALONE)[number] | "unknown";
type List = (typeof LISTS)[number];
export type OfOne = (typeof OF_ONE)[number];
export type Page = { name: Alone; id: null } | { name: List; id: string | null } | { name: OfOne; id: string };

/** The page by which the way to it is marked: rules, plans, messages and policies go together. */
export function placeOf({ name }: Page): Page["name"] {
  if (name === "drill" || name === "review") return `${name}s`;
  return name === "plans" || name === "messages" || name === "policies" ? "rules" : name;
}

export function pageOf(pathname: string): Page {
  const [head = "board", id, ...rest] = pathname.split("/").filter(Boolean).map(decodeURIComponent);
  if (rest.length > 0) return { name: "unknown", id: null };
  if (id !== undefined) {
    const one = OF_ONE.find((name) => head === `${name}s`);
    if (one) return { name: one, id };
  }
  const list = LISTS.find((name) => head === name);
  if (list) return { name: list, id: id ?? null };
  const alone = ALONE.find((name) => (head === "alarms" ? "board" : head) === name);
  return { name: (id === undefined && alone) || "unknown", id: null };
}

/** Follow address changes for as long as the returned function is not called. */
export function followLinks(): () => void {
  const moved = () => (path = location.pathname);
  addEventListener("popstate", moved);
  document.addEventListener("click", clicked);
  return () => {
    removeEventListener("popstate", moved);
    document.removeEventListener("click", clicked);
  };
}

function clicked(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest("a");
  if (!link || link.target || link.origin !== location.origin) return;
  if (pageOf(link.pathname).name === "unknown") return;
  event.preventDefault();
  if (link.href !== location.href) router.go(link.pathname + link.search);
}
