const LONGEST = 100;

/**
 * Keeps labels that strangers choose within bounds: the first `most` sets of values are themselves, all later ones are
 * `other`. Without it one server with ever new tool names would fill the memory.
 */
export class LabelCap<Label extends string> {
  private readonly known = new Map<string, Record<Label, string>>();

  constructor(
    private readonly labels: readonly Label[],
    private readonly most: number,
  ) {}

  of(values: Record<Label, string>): Record<Label, string> {
    let key = '';
    for (const label of this.labels) key += `${values[label]}\0`;
    const known = this.known.get(key);
    if (known) return known;
    if (this.known.size >= this.most) return this.each(() => 'other');
    const kept = this.each((label) => values[label].slice(0, LONGEST));
    this.known.set(key, kept);
    return kept;
  }

  private each(value: (label: Label) => string): Record<Label, string> {
    return Object.fromEntries(this.labels.map((label) => [label, value(label)])) as Record<Label, string>;
  }
}
