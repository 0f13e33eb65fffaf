import { Counter, Gauge, Registry } from 'prom-client';
import { Durations } from './durations.js';

/** A number that is asked for elsewhere is left out when it does not come. */
const ASK_MS = 2_000;

interface Described<Label extends string> {
  name: `app_${string}`;
  help: string;
  labels?: readonly Label[];
}

/** What a gauge shows: a number, or one for each set of labels. */
type Reading<Label extends string> = number | { labels: Partial<Record<Label, string>>; value: number }[];

/**
 * The numbers of this process, in Prometheus' form. Each part makes its own instruments, once, and moves them; names
 * are unique. Labels come from closed lists, or through `LabelCap`: each new set of labels is kept for ever.
 */
export class Metrics {
  readonly registry = new Registry();

  counter<Label extends string = never>({ name, help, labels = [] }: Described<Label>): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labels], registers: [this.registry] });
  }

  /** Of seconds. */
  durations<Label extends string = never>({ name, help, labels = [] }: Described<Label>): Durations<Label> {
    return new Durations(name, help, labels, this.registry);
  }

  gauge<Label extends string = never>({ name, help, labels = [] }: Described<Label>): Gauge<Label> {
    return new Gauge({ name, help, labelNames: [...labels], registers: [this.registry] });
  }

  /** Read at each scrape; while `read` fails or hangs the metric has no value. */
  observe<Label extends string = never>(
    { name, help, labels = [] }: Described<Label>,
    read: () => Reading<Label> | Promise<Reading<Label>>,
  ): void {
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [this.registry],
      async collect() {
        this.reset();
        if (labels.length === 0) this.remove();
        const reading = await inTime(read).catch(() => undefined);
        if (typeof reading === 'number') this.set(reading);
        else for (const { labels: of, value } of reading ?? []) this.set(of, value);
      },
    });
  }

  /** Text exposition format, with its media type. */
  async expose(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }
}

async function inTime<T>(read: () => T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The number did not come in time.')), ASK_MS);
  });
  try {
    return await Promise.race([read(), late]);
  } finally {
    clearTimeout(timer);
  }
}
