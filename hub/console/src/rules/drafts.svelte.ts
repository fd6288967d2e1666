/** Words that were begun and not saved: they outlast the way to the backtest and back. */

const drafts = $state<Record<string, string>>({});

/** `id` is empty for a new rule. */
export function draftOf(estate: string, id: string): string | undefined {
  return drafts[`${estate}/${id}`];
}

export function keepDraft(estate: string, id: string, words: string): void {
  drafts[`${estate}/${id}`] = words;
}

export function dropDraft(estate: string, id: string): void {
  delete drafts[`${estate}/${id}`];
}
