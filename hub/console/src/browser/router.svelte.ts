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

export type Page =
  | { name: "board" }
  | { name: "incident"; id: string }
  | { name: "tickets"; id: string | null }
  | { name: "households"; id: string | null }
  | { name: "doors"; incident: string | null }
  | { name: "callout"; id: string }
  | { name: "held" }
  | { name: "devices" }
  | { name: "figures" }
  | { name: "roster" }
  | { name: "staff" }
  | { name: "handover" }
  | { name: "backtest" }
  | { name: "rules" | "plans" | "messages" | "policies"; id: string | null }
  | { name: "reviews"; incident: string | null }
  | { name: "drills"; id: string | null }
  | { name: "sign-in" }
  | { name: "unknown" };

/** The page by which the way to it is marked: rules, plans, messages and policies go together. */
export function placeOf({ name }: Page): Page["name"] {
  return name === "plans" || name === "messages" || name === "policies" ? "rules" : name;
}

export function pageOf(pathname: string): Page {
  const [head = "", id, ...rest] = pathname.split("/").filter(Boolean).map(decodeURIComponent);
  if (rest.length > 0) return { name: "unknown" };
  if (id === undefined && (head === "" || head === "alarms")) return { name: "board" };
  if (id === undefined && head === "sign-in") return { name: "sign-in" };
  if (id === undefined && head === "held") return { name: "held" };
  if (id === undefined && head === "devices") return { name: "devices" };
  if (id === undefined && head === "figures") return { name: "figures" };
  if (id === undefined && head === "roster") return { name: "roster" };
  if (id === undefined && head === "staff") return { name: "staff" };
  if (id === undefined && head === "handover") return { name: "handover" };
  if (id === undefined && head === "backtest") return { name: "backtest" };
  if (head === "doors") return { name: "doors", incident: id ?? null };
  if (head === "drills") return { name: "drills", id: id ?? null };
  if (head === "reviews") return { name: "reviews", incident: id ?? null };
  if (head === "rules" || head === "plans" || head === "messages" || head === "policies") {
    return { name: head, id: id ?? null };
  }
  if (head === "households") return { name: "households", id: id ?? null };
  if (head === "tickets") return { name: "tickets", id: id ?? null };
  if (head === "callouts" && id !== undefined) return { name: "callout", id };
  if (head === "incidents" && id !== undefined) return { name: "incident", id };
  return { name: "unknown" };
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
