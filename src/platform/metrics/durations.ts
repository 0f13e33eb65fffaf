import type { Metric, Registry } from 'prom-client';
import { ByLabels } from './by-labels.js';

/** Seconds: from a cache hit to a tool that takes its time. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** So many at once: code that runs for many in a row costs each of them less than what it costs one alone. */
const TOGETHER = 64;

type Labels<Label extends string> = Record<Label, string | number>;

interface Tally {
  labels: Labels<string>;
  /** By bound, not added up; the last is of what took longer than all of them. */
  counts: number[];
  sum: number;
  count: number;
}

interface Line {
  metricName: string;
  labels: Labels<string>;
  value: number;
}

/**
 * A histogram of seconds in Prometheus' form. The library's own looks at all labels anew for each observation, which costs
 * ten times as much, and each call of a tool makes two.
 */
export class Durations<Label extends string> {
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  private readonly tallies: ByLabels<Label, Tally>;
  private seen: { labels: Labels<Label>; seconds: number }[] = [];

  constructor(
    readonly name: string,
    readonly help: string,
    labelNames: readonly Label[],
    registry: Registry,
  ) {
    this.tallies = new ByLabels(labelNames);
    // It asks any metric for `get`, and for nothing else.
    registry.registerMetric(this as unknown as Metric);
  }

  /** @param labels all of them; not changed any more */
  observe(labels: Labels<Label>, seconds: number): void {
    if (this.seen.push({ labels, seconds }) >= TOGETHER) this.tallyAll();
  }

  private tallyAll(): void {
    for (const one of this.seen) this.tally(one);
    this.seen = [];
  }

  private tally({ labels, seconds }: { labels: Labels<Label>; seconds: number }): void {
    const tally = this.tallyOf(labels);
    let bound = 0;
    while (bound < BOUNDS.length && seconds > (BOUNDS[bound] ?? 0)) bound += 1;
    tally.counts[bound] = (tally.counts[bound] ?? 0) + 1;
    tally.sum += seconds;
    tally.count += 1;
  }

  /** @returns what observes the time that has passed, under these labels and the others */
  startTimer<Known extends Label>(known: Labels<Known>): (others: Labels<Exclude<Label, Known>>) => void {
    const started = performance.now();
    return (others) => {
      const labels: Labels<string> = { ...known, ...others };
      this.observe(labels, (performance.now() - started) / 1_000);
    };
  }

  get(): Pick<this, 'name' | 'help' | 'type' | 'aggregator'> & { values: Line[] } {
    this.tallyAll();
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: this.tallies.values().flatMap((tally) => this.linesOf(tally)) };
  }

  private tallyOf(labels: Labels<Label>): Tally {
    const known = this.tallies.find(labels);
    if (known) return known;
    const made: Tally = { labels: { ...labels }, counts: Array<number>(BOUNDS.length + 1).fill(0), sum: 0, count: 0 };
    this.tallies.keep(labels, made);
    return made;
  }

  private linesOf({ labels, counts, sum, count }: Tally): Line[] {
    let within = 0;
    const buckets = BOUNDS.map((le, bound) => {
      within += counts[bound] ?? 0;
      return { metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: within };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}
