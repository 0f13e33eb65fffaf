/** Not in any bag. */
export const NOWHERE = -1;

export interface Baggable {
  /** Where it is in its bag, which alone writes it; `NOWHERE` at first. */
  slot: number;
}

/**
 * What comes and goes thousands of times a second, in no order. A Set would make itself a new table every few dozen
 * times, each of which keeps alive what the one before it held.
 */
export class Bag<Member extends Baggable> {
  readonly #members: Member[] = [];

  get size(): number {
    return this.#members.length;
  }

  /** Nothing where it is in already. */
  add(member: Member): void {
    if (member.slot === NOWHERE) member.slot = this.#members.push(member) - 1;
  }

  /** @returns whether it was in */
  remove(member: Member): boolean {
    const { slot } = member;
    if (slot === NOWHERE) return false;
    member.slot = NOWHERE;
    const last = this.#members.pop();
    if (last === undefined || last === member) return true;
    this.#members[slot] = last;
    last.slot = slot;
    return true;
  }

  /** Members may leave while it goes on. */
  *[Symbol.iterator](): Generator<Member> {
    for (let at = this.#members.length - 1; at >= 0; at -= 1) {
      const member = this.#members[at];
      if (member) yield member;
    }
  }
}
