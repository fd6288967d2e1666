/** Two versions of a text side by side in one column: what stays, what goes, what comes. */

export interface Line {
  kind: "same" | "gone" | "new" | "left_out";
  words: string;
}

/** Line by line, by the longest sequence that both have in common. */
export function difference(before: string, after: string): Line[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  const common = lengths(a, b);
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: "same", words: a[i]! });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!)) {
      lines.push({ kind: "gone", words: a[i]! });
      i += 1;
    } else {
      lines.push({ kind: "new", words: b[j]! });
      j += 1;
    }
  }
  return lines;
}

const NEAR = 2;

/** Only what changes and the lines next to it; what is left out between is one line of dots. */
export function folded(lines: readonly Line[]): Line[] {
  const isNear = (n: number) =>
    lines.slice(Math.max(0, n - NEAR), n + NEAR + 1).some(({ kind }) => kind !== "same");
  return lines.flatMap((line, n) => {
    if (isNear(n)) return [line];
    return n === 0 || isNear(n - 1) ? [{ kind: "left_out" as const, words: "…" }] : [];
  });
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** How long the longest common sequence is from line i of `a` and line j of `b` on. */
function lengths(a: string[], b: string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i]![j] =
        a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
    }
  }
  return table;
}
