import fc from 'fast-check';
import { reconnectDelay } from '../src/client/backoff.js';
import { verdictOnCode } from '../src/client/closing.js';
import { FrameStream } from '../src/client/frame-stream.js';
import { readFrame, type WireFrame } from '../src/client/frames.js';
import { Sequence } from '../src/client/sequence.js';

const stored = (seq: number): WireFrame => ({ type: 'log_entry', payload: {}, id: `e${seq}`, ts: '', seq });
const passing = (type: string, payload: object): WireFrame => ({ type, payload, id: '', ts: '' });

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
    expect(verdictOnCode(1006)).toEqual({ then: 'retry', counted: true });
    expect(verdictOnCode(1012)).toMatchObject({ then: 'retry', counted: false, reason: 'restart' });
    expect(verdictOnCode(4401)).toEqual({ then: 'renew', reason: 'sign_in_again' });
    expect(verdictOnCode(4403)).toEqual({ then: 'stop', reason: 'no_access' });
    expect(verdictOnCode(4404)).toEqual({ then: 'stop', reason: 'no_such_server' });
    expect(verdictOnCode(4408)).toMatchObject({ then: 'retry', reason: 'too_slow' });
    expect(verdictOnCode(4429)).toMatchObject({ then: 'retry', crowded: true, reason: 'too_many' });
  });

  test('what is no frame is not taken for one', () => {
    for (const text of ['', 'x', '1', 'null', '[]', '{}', '{"type":1}']) expect(readFrame(text)).toBeUndefined();
    expect(readFrame('{"type":"pong"}')).toEqual({ type: 'pong', payload: {}, id: '', ts: '' });
    expect(readFrame('{"type":"x","seq":1.5}')).not.toHaveProperty('seq');
  });
});

describe('the sequence of stored events', () => {
  test('whatever comes, doubled, late or with gaps, each is taken once, in order, and nothing is skipped', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 200 }), (seqs) => {
        const sequence = new Sequence(0);
        const taken = seqs.filter((seq) => sequence.take(stored(seq)).taken);
        expect(taken).toEqual(taken.map((_, index) => index + 1));
        expect(sequence.last).toBe(taken.length);
      }),
    );
  });

  test('a gap is asked for once, and again where more was reached or the line is a new one', () => {
    const sequence = new Sequence(0);
    expect([2, 3, 1, 3, 4].map((seq) => sequence.take(stored(seq)).missing)).toEqual([true, false, false, true, false]);
    sequence.reopened();
    expect(sequence.take(stored(9)).missing).toBe(true);
  });

  test('a snapshot that is ahead shows that something is missing', () => {
    const sequence = new Sequence(5);
    expect(sequence.take(passing('session_snapshot', { last_seq: 5 }))).toEqual({ taken: true, missing: false });
    expect(sequence.take(passing('session_snapshot', { last_seq: 7 }))).toEqual({ taken: true, missing: true });
  });

  test('what is left of a trimmed log begins at its first number, a foreign log at its own', () => {
    const trimmed = new Sequence(3);
    trimmed.take(passing('replay_unavailable', { after: 3, first_seq: 10, next_seq: 21 }));
    expect(trimmed.last).toBe(9);
    const foreign = new Sequence(80);
    foreign.take(passing('replay_unavailable', { after: 80, first_seq: 1, next_seq: 21 }));
    expect(foreign.last).toBe(0);
  });
});

describe('a stream of events', () => {
  test('gives what came before it was read, in order, then ends', async () => {
    const stream = new FrameStream<number>(10, () => undefined);
    for (const value of [1, 2, 3]) stream.push(value);
    stream.end();
    const read: number[] = [];
    for await (const value of stream) read.push(value);
    expect(read).toEqual([1, 2, 3]);
  });

  test('ends with an error for a reader that falls behind, after what was kept', async () => {
    const stream = new FrameStream<number>(2, () => undefined);
    for (const value of [1, 2, 3, 4]) stream.push(value);
    expect([await stream.next(), await stream.next()].map(({ value }) => value as number)).toEqual([1, 2]);
    await expect(stream.next()).rejects.toThrow('more than 2 behind');
  });
});
