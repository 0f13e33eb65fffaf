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
