/** Short messages about what a person tried and the hub refused or could not do. */

import type { FieldError } from "../api/records";
import { Problem } from "../api/http";
import { language, t } from "./language.svelte";
import { refusalOf } from "./refusals";

const KEPT = 4;

export interface Toast {
  id: number;
  title: string;
  lines: string[];
}

let list = $state.raw<Toast[]>([]);
let last = 0;

export const toasts = {
  get list(): Toast[] {
    return list;
  },
  add(title: string, lines: string[] = []): void {
    last += 1;
    list = [...list, { id: last, title, lines }].slice(-KEPT);
  },
  dismiss(id: number): void {
    list = list.filter((toast) => toast.id !== id);
  },
  report(error: unknown): void {
    const { title, lines } = wordsFor(error);
    this.add(title, lines);
  },
};

/** Why it cannot be so, found before anything was sent. */
export class Refusal extends Error {
  constructor(
    title: string,
    readonly lines: string[] = [],
  ) {
    super(title);
  }
}

/** An error in words for a person: what happened, the hub's own detail, and the remedy. */
export function wordsFor(error: unknown): { title: string; lines: string[] } {
  if (error instanceof Refusal) return { title: error.message, lines: error.lines };
  if (!(error instanceof Problem)) return { title: t("problem.page"), lines: [String(error)] };
  const found = [refusalOf(error), ...error.errors.map(remedyOf)];
  const lines = [...new Set(found)].filter((line) => line !== "");
  return {
    title: headline(error),
    lines: lines.length > 0 || error.status === 0 ? lines : [error.message],
  };
}

/** What to give instead; remedies are the hub's own, and in English. */
function remedyOf({ field, value, remedy }: FieldError): string {
  if (language.current === "zh" && field) return t("problem.field", { field, value: String(value) });
  return field ? `${field}: ${remedy}` : remedy;
}

function headline({ status }: Problem): string {
  if (status === 0) return t("problem.no_answer");
  if (status === 403) return t("problem.forbidden");
  if (status === 404) return t("problem.not_found");
  if (status === 409) return t("problem.refused");
  if (status === 429) return t("problem.busy");
  if (status === 422 || status === 400) return t("problem.invalid");
  return t("problem.hub", { status: String(status) });
}
