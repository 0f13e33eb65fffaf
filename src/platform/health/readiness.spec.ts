import { createLogger } from '../logging/logger.js';
import { Lifecycle } from '../lifecycle.js';
import { Readiness } from './readiness.js';

function build({ begun = true } = {}) {
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', format: 'json' }, { write: (line) => void lines.push(line) });
  const lifecycle = new Lifecycle();
  const readiness = new Readiness(lifecycle, logger);
  if (begun) readiness.begin();
  return { lifecycle, lines, readiness };
}

const fails = () => {
  throw new Error('password authentication failed for "app"');
};

describe('readiness', () => {
  it('is ready when nothing is asked of it, and when all checks pass', async () => {
    const { readiness } = build();
    expect(await readiness.report()).toEqual({ status: 'ready', checks: {} });
  });

  it('is not ready before all that it asks is known', async () => {
    const { readiness } = build({ begun: false });
    expect(await readiness.report()).toEqual({ status: 'starting', checks: {} });
    readiness.add('bad', fails);
    readiness.begin();
    expect((await readiness.report()).status).toBe('not_ready');
  });

  it('says which check failed, and why only in the log', async () => {
    const { readiness, lines } = build();
    readiness.add('good', async () => undefined);
    readiness.add('bad', fails);
    const report = await readiness.report();
    expect(report.status).toBe('not_ready');
    expect([report.checks.good?.status, report.checks.bad?.status]).toEqual(['ok', 'failed']);
    expect(JSON.stringify(report)).not.toContain('password');
    expect(lines.join('')).toContain('password authentication failed');
  });

  it('is degraded, and still of use, without what it can do without', async () => {
    const { readiness } = build();
    readiness.add('good', () => undefined);
    readiness.add('extra', fails, { needed: false });
    const report = await readiness.report();
    expect([report.status, report.checks.extra?.status]).toEqual(['degraded', 'failed']);
    const { readiness: other } = build();
    other.add('extra', fails, { needed: false });
    other.add('bad', fails);
    expect((await other.report()).status).toBe('not_ready');
  });

  it('does not wait for a check that hangs', async () => {
    const { readiness } = build();
    readiness.add('hangs', () => new Promise(() => undefined));
    expect((await readiness.report()).checks.hangs?.status).toBe('failed');
  });

  it('looks once for all who ask within a second', async () => {
    const { readiness } = build();
    let looks = 0;
    readiness.add('counted', () => void (looks += 1));
    await Promise.all([readiness.report(), readiness.report(), readiness.report()]);
    await readiness.report();
    expect(looks).toBe(1);
  });

  it('is draining from the moment this process begins to stop', async () => {
    const { readiness, lifecycle } = build();
    readiness.add('good', () => undefined);
    expect((await readiness.report()).status).toBe('ready');
    lifecycle.drain();
    expect((await readiness.report()).status).toBe('draining');
  });
});
