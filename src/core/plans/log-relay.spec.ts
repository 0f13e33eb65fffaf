import type { DurableEvent } from '@app/session-protocol';
import { LOG_LINES, LogRelay, TOO_TALKATIVE } from './log-relay.js';

const clock = { now: () => new Date('2026-11-21T12:00:00Z') };
const line = (message: string) => ({ level: 'info' as const, message });
const messages = (events: readonly DurableEvent[]) =>
  events.map(({ payload }) => (payload as { message: string }).message);

describe('what a tool logs', () => {
  it('is written in order, together where it came together, one piece after another', async () => {
    const pieces: string[][] = [];
    let under = 0;
    const relay = new LogRelay('task_1', clock, async (events) => {
      under += 1;
      expect(under).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      pieces.push(messages(events));
      if (pieces.length === 1) relay.add(line('late'));
      under -= 1;
    });
    const wanted = Array.from({ length: 120 }, (_, index) => `line ${index}`);
    for (const message of wanted) relay.add(line(message));
    await relay.written();
    expect(pieces.flat()).toEqual([...wanted, 'late']);
    expect(pieces.map(({ length }) => length)).toEqual([50, 50, 21]);
  });

  it('ends at a bound, and says so once', async () => {
    const kept: string[] = [];
    const relay = new LogRelay('task_1', clock, (events) => {
      kept.push(...messages(events));
      return Promise.resolve();
    });
    for (let index = 0; index < LOG_LINES + 100; index += 1) relay.add(line(`line ${index}`));
    await relay.written();
    expect(kept).toHaveLength(LOG_LINES);
    expect(kept.at(-1)).toBe(TOO_TALKATIVE);
    expect(kept.filter((message) => message === TOO_TALKATIVE)).toHaveLength(1);
  });

  it('goes on after a pause', async () => {
    const kept: string[] = [];
    const relay = new LogRelay('task_1', clock, (events) => {
      kept.push(...messages(events));
      return Promise.resolve();
    });
    relay.add(line('first'));
    await relay.written();
    relay.add(line('second'));
    await relay.written();
    expect(kept).toEqual(['first', 'second']);
  });
});
