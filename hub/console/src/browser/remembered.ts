/** Small choices kept on this device. A browser that forbids storage only forgets them. */

const PREFIX = "gatehouse.";

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Storage is forbidden or full: the choice holds until the page is closed.
  }
}
