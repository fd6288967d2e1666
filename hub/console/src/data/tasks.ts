/** A ticket's tasks by duty. */

import type { Role, Task } from "../api/records";

/** The duties that have tasks, in the order of their first one, with how many are still open. */
export function rolesOf(tasks: readonly Task[]): { role: Role; open: number }[] {
  const open = new Map<Role, number>();
  for (const task of tasks) {
    open.set(task.role, (open.get(task.role) ?? 0) + (task.state === "open" ? 1 : 0));
  }
  return [...open].map(([role, count]) => ({ role, open: count }));
}
