type Branch<Kept> = Map<string | number, Branch<Kept> | Kept>;

/**
 * Something for each set of labels. Found value by value: a key put together of them would be a text that is made, and
 * hashed, for each observation.
 */
export class ByLabels<Label extends string, Kept> {
  private readonly root: Branch<Kept> = new Map();
  private readonly all: Kept[] = [];

  /** @param names of the labels; without any there is one set */
  constructor(private readonly names: readonly Label[]) {}

  find(labels: Record<Label, string | number>): Kept | undefined {
    if (this.names.length === 0) return this.all[0];
    let found: Branch<Kept> | Kept | undefined = this.root;
    for (const name of this.names) {
      if (found === undefined) return undefined;
      found = (found as Branch<Kept>).get(labels[name]);
    }
    return found as Kept | undefined;
  }

  /** For labels of which nothing is kept yet. */
  keep(labels: Record<Label, string | number>, kept: Kept): void {
    this.all.push(kept);
    let branch = this.root;
    for (const [at, name] of this.names.entries()) {
      const value = labels[name];
      if (at === this.names.length - 1) return void branch.set(value, kept);
      const next = (branch.get(value) as Branch<Kept> | undefined) ?? (new Map() as Branch<Kept>);
      branch.set(value, next);
      branch = next;
    }
  }

  /** In the order in which they came. */
  values(): readonly Kept[] {
    return this.all;
  }
}
