import { Histogram, Registry } from 'prom-client';
import { LabelCap } from './label-cap.js';
import { Metrics } from './metrics.js';

const linesOf = async (metrics: Metrics) =>
  (await metrics.expose()).text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('metrics', () => {
  it('shows a number that is read when it is asked for', async () => {
    const metrics = new Metrics();
    let value = 1;
    metrics.observe({ name: 'app_things', help: 'Things.' }, () => value);
    expect(await linesOf(metrics)).toEqual(['app_things 1']);
    value = 2;
    expect(await linesOf(metrics)).toEqual(['app_things 2']);
  });

  it('leaves out what cannot be read, and shows the rest', async () => {
    const metrics = new Metrics();
    let broken = false;
    const read = async () => {
      if (broken) throw new Error('The database is away.');
      return 5;
    };
    metrics.observe({ name: 'app_read', help: 'Read elsewhere.' }, read);
    metrics.counter({ name: 'app_counted_total', help: 'Counted here.' }).inc();
    expect(await linesOf(metrics)).toEqual(['app_read 5', 'app_counted_total 1']);
    broken = true;
    expect(await linesOf(metrics)).toEqual(['app_counted_total 1']);
  });

  it('forgets labels that are no longer read', async () => {
    const metrics = new Metrics();
    let states = ['idle', 'busy'];
    metrics.observe({ name: 'app_states', help: 'States.', labels: ['state'] }, () =>
      states.map((state) => ({ labels: { state }, value: 1 })),
    );
    expect(await linesOf(metrics)).toHaveLength(2);
    states = ['idle'];
    expect(await linesOf(metrics)).toEqual(['app_states{state="idle"} 1']);
  });

  it('shows durations as the histogram of the library does', async () => {
    const metrics = new Metrics();
    const described = { name: 'app_times_seconds', help: 'Times.', labels: ['job', 'outcome'] } as const;
    const durations = metrics.durations(described);
    const { labels: labelNames, ...rest } = described;
    const registry = new Registry();
    const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
    const reference = new Histogram({ ...rest, labelNames: [...labelNames], buckets, registers: [registry] });
    const said = { job: 'one "quoted"\nline', outcome: 'done' };
    for (const seconds of [0, 0.005, 0.0051, 0.3, 120, 121, 3_600]) {
      for (const labels of [said, { job: 'two', outcome: 200 }]) {
        durations.observe(labels, seconds);
        reference.observe(labels, seconds);
      }
    }
    expect((await metrics.expose()).text).toBe(await registry.metrics());
  });

  it('times from the beginning to when the rest is known', async () => {
    const metrics = new Metrics();
    const durations = metrics.durations({ name: 'app_times_seconds', help: 'Times.', labels: ['job', 'outcome'] });
    durations.startTimer({ job: 'one' })({ outcome: 'done' });
    expect(await linesOf(metrics)).toContain('app_times_seconds_count{job="one",outcome="done"} 1');
  });

  it('is apart from the metrics of another application in this process', () => {
    const described = { name: 'app_same_total', help: 'The same name.' } as const;
    new Metrics().counter(described);
    expect(() => new Metrics().counter(described)).not.toThrow();
  });
});

describe('a cap on labels', () => {
  it('keeps the first sets of values, and calls all later ones other', () => {
    const cap = new LabelCap(['server', 'tool'], 2);
    const given = ['a', 'b', 'c'].map((tool) => ({ server: 's', tool }));
    expect(given.map((values) => cap.of(values))).toEqual([
      { server: 's', tool: 'a' },
      { server: 's', tool: 'b' },
      { server: 'other', tool: 'other' },
    ]);
    expect(cap.of({ server: 's', tool: 'a' })).toEqual({ server: 's', tool: 'a' });
  });

  it('cuts what is long', () => {
    expect(new LabelCap(['tool'], 1).of({ tool: 'x'.repeat(5_000) }).tool).toHaveLength(100);
  });
});
