/** Members of staff, for whoever picks one or shows a name. */

import { get } from "../api/http";
import { at } from "../api/paths";
import type { Role, User } from "../api/records";

let list = $state.raw<User[]>([]);

export const staff = {
  /** Everybody by id, disabled ones too; empty until they are loaded. */
  get list(): User[] {
    return list;
  },
  async load(): Promise<void> {
    list = (await get(at("/users"))).items;
  },
  of(id: string): User | undefined {
    return list.find((user) => user.id === id);
  },
  /** What colleagues call the user. */
  name(id: string): string {
    return this.of(id)?.name ?? id;
  },
  /** Whether the user is not disabled; of whom nothing is known yet, that is assumed. */
  isThere(id: string): boolean {
    return (this.of(id)?.disabled_at ?? null) === null;
  },
  /** Those who can be called: who may stand for `duty` first. */
  pickable(duty?: Role): User[] {
    const there = list.filter(({ disabled_at }) => disabled_at === null);
    const fits = (user: User) => duty !== undefined && user.duties.includes(duty);
    return [...there.filter(fits), ...there.filter((user) => !fits(user))];
  },
};
