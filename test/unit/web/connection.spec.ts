import fc from 'fast-check';
import { reconnectDelay } from '../../../web/src/session/backoff.js';
import { verdictOn } from '../../../web/src/session/closing.js';
import { readFrame } from '../../../web/src/session/frames.js';

describe('the line to the server', () => {
  test('tries come later and later, up to fifteen seconds, spread by 30 %', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((attempt) => reconnectDelay(attempt, 0.5))).toEqual([
      500, 1000, 2000, 4000, 8000, 15000, 15000,
    ]);
    fc.assert(
      fc.property(fc.integer({ min: -3, max: 1000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const delay = reconnectDelay(attempt, random);
        expect(delay).toBeGreaterThanOrEqual(350);
        expect(delay).toBeLessThanOrEqual(19_500);
      }),
    );
  });

  test('each closing code has its consequence', () => {
    expect(verdictOn(1006)).toEqual({ then: 'retry', counted: true });
    expect(verdictOn(1012)).toMatchObject({ then: 'retry', counted: false });
    expect(verdictOn(4401)).toEqual({ then: 'refresh' });
    expect(verdictOn(4403)).toMatchObject({ then: 'stop', action: 'home' });
    expect(verdictOn(4404)).toMatchObject({ then: 'stop', action: 'servers' });
    expect(verdictOn(4408)).toMatchObject({ then: 'retry' });
    expect(verdictOn(4429)).toMatchObject({ then: 'stop', action: 'retry' });
  });

  test('what is no frame is not taken for one', () => {
    for (const text of ['', 'x', '1', 'null', '[]', '{}', '{"type":1}']) expect(readFrame(text)).toBeUndefined();
    expect(readFrame('{"type":"pong"}')).toEqual({ type: 'pong', payload: {}, id: '', ts: '' });
    expect(readFrame('{"type":"x","seq":1.5}')).not.toHaveProperty('seq');
  });
});
