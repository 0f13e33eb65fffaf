import { createLogger, withLogFields } from './logger.js';

function openLogger(settings: Partial<Parameters<typeof createLogger>[0]> = {}) {
  const lines: string[] = [];
  const logger = createLogger(
    { level: 'info', format: 'json', ...settings },
    { write: (line) => void lines.push(line) },
  );
  const read = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger, lines, read };
}

describe('the logger', () => {
  it('writes a line of JSON with its level, its time, its surroundings, its facts and its message', () => {
    const { logger, lines, read } = openLogger();
    withLogFields({ requestId: 'req_1', caller: { ip: '192.0.2.1' } }, () => logger.info({ ms: 3 }, 'done "so"'));
    expect(read()).toEqual([
      { level: 'info', time: expect.any(String) as string, requestId: 'req_1', ms: 3, msg: 'done "so"' },
    ]);
    expect(lines[0]?.endsWith('}\n')).toBe(true);
    expect(Math.abs(Date.parse(String(read()[0]?.time)) - Date.now())).toBeLessThan(10_000);
  });

  it('says nothing below its level, and nothing at all when it is silent', () => {
    const warn = openLogger({ level: 'warn' });
    for (const level of ['debug', 'info', 'warn', 'error'] as const) warn.logger[level]({}, level);
    expect(warn.read().map(({ msg }) => msg)).toEqual(['warn', 'error']);
    const silent = openLogger({ level: 'silent' });
    silent.logger.error({}, 'heard by nobody');
    expect(silent.lines).toEqual([]);
  });

  it('takes out secrets by name, by form and by value, and describes errors', () => {
    const { logger, read } = openLogger({ secrets: ['the-secret-of-the-settings'] });
    const err = Object.assign(new Error('with the-secret-of-the-settings'), { query: 'not for a log' });
    logger.error({ token: 'hush', url: 'https://a:pass-word@b', err }, 'failed');
    expect(read()[0]).toMatchObject({
      token: '[redacted]',
      url: 'https://a:[redacted]@b',
      err: { type: 'Error', message: 'with [redacted]' },
    });
    expect(JSON.stringify(read())).not.toContain('not for a log');
  });

  it('writes a line even of what JSON cannot hold', () => {
    const { logger, read } = openLogger();
    logger.info({ count: 1n }, 'counted');
    expect(read()[0]).toMatchObject({ level: 'info', msg: 'counted', err: { type: 'TypeError' } });
  });

  it('writes for people where that is wanted', () => {
    const { logger, lines } = openLogger({ format: 'pretty' });
    logger.info({ port: 8100, err: new Error('Oh.') }, 'listening');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}listening {2}port=8100\n {2}Error: Oh\.\n {2}.*\n/);
  });
});
