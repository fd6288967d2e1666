/** Fails where the built console has grown beyond its budget. */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const BUDGET_KB = { js: 700, css: 65 };

const folder = join(import.meta.dirname, "dist/assets");
for (const [kind, most] of Object.entries(BUDGET_KB)) {
  const files = readdirSync(folder).filter((file) => file.endsWith(`.${kind}`));
  const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  const size = Math.ceil(bytes / 1000);
  console.log(`${kind}: ${size} kB of ${most} kB`);
  if (size > most) process.exitCode = 1;
}
