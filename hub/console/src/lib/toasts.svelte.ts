/** Short messages about what a person tried and the hub refused or could not do. */

import { Problem } from "./http";
import { t } from "./language.svelte";

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

/** An error in words for a person: what happened, the hub's own detail, and the remedy. */
export function wordsFor(error: unknown): { title: string; lines: string[] } {
  if (!(error instanceof Problem)) return { title: t("problem.page"), lines: [String(error)] };
  const remedies = error.errors.map(({ field, remedy }) =>
    field ? `${field}: ${remedy}` : remedy,
  );
  const lines = [...new Set([error.detail, ...remedies])].filter((line) => line !== "");
  return {
    title: headline(error),
    lines: lines.length > 0 || error.status === 0 ? lines : [error.message],
  };
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
