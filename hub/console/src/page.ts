import "./tokens.css";
import "./base.css";
import "./layout.css";

import { type Component, mount } from "svelte";

/** Shows `component` in the page's own element. */
export function show<Props extends Record<string, unknown>>(
  component: Component<Props>,
  props: Props,
): void {
  const target = document.getElementById("app");
  if (!target) throw new Error("the page has no element #app");
  mount(component, { target, props });
}

/** The secret of an address such as `/r/TOKEN`. */
export function tokenOfAddress(): string {
  return location.pathname.split("/")[2] ?? "";
}
