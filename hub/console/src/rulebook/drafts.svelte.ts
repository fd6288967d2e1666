/** Words that were begun and not saved: they outlast the way to the backtest and back. */

const drafts = $state<Record<string, string>>({});

/** `key` is such as `rules/leak`, or `rules/` for a new one. */
export function draftOf(estate: string, key: string): string | undefined {
  return drafts[`${estate}/${key}`];
}

export function keepDraft(estate: string, key: string, words: string): void {
  drafts[`${estate}/${key}`] = words;
}

export function dropDraft(estate: string, key: string): void {
  delete drafts[`${estate}/${key}`];
}
