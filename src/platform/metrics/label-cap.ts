import { ByLabels } from './by-labels.js';

const LONGEST = 100;

/**
 * Keeps labels that strangers choose within bounds: the first `most` sets of values are themselves, all later ones are
 * `other`. Without it one server with ever new tool names would fill the memory.
 */
export class LabelCap<Label extends string> {
  private readonly known: ByLabels<Label, Record<Label, string>>;

  constructor(
    private readonly labels: readonly Label[],
    private readonly most: number,
  ) {
    this.known = new ByLabels(labels);
  }

  of(values: Record<Label, string>): Record<Label, string> {
    const known = this.known.find(values);
    if (known) return known;
    if (this.known.values().length >= this.most) return this.each(() => 'other');
    const kept = this.each((label) => values[label].slice(0, LONGEST));
    this.known.keep(values, kept);
    return kept;
  }

  private each(value: (label: Label) => string): Record<Label, string> {
    return Object.fromEntries(this.labels.map((label) => [label, value(label)])) as Record<Label, string>;
  }
}
