import type { DurableFrame } from '@app/session-protocol';
import fc from 'fast-check';
import { RecentFrames } from './recent-frames.js';

const frame = (seq: number) => ({ seq, type: 'session_updated', payload: { title: String(seq) } }) as DurableFrame;
const run = (from: number, count: number) => Array.from({ length: count }, (_, index) => frame(from + index));
const limits = { framesPerSession: 10, bytesPerSession: 1_000, sessions: 3, bytes: 2_000 };
const add = (recent: RecentFrames, session: string, frames: DurableFrame[], size = 10) =>
  recent.add(
    session,
    frames,
    frames.map(() => size),
  );
const seqs = (frames: readonly DurableFrame[] | undefined) => frames?.map(({ seq }) => seq);

describe('the newest events of a session', () => {
  it('answer what is wholly there, and nothing else', () => {
    const recent = new RecentFrames(limits);
    add(recent, 'a', run(5, 4));
    expect(seqs(recent.after('a', 4, 100))).toEqual([5, 6, 7, 8]);
    expect(seqs(recent.after('a', 6, 1))).toEqual([7]);
    expect(recent.after('a', 3, 100)).toBeUndefined();
    expect(recent.after('a', 8, 100)).toBeUndefined();
    expect(recent.after('b', 0, 100)).toBeUndefined();
  });

  it('start anew after a gap', () => {
    const recent = new RecentFrames(limits);
    add(recent, 'a', run(1, 3));
    add(recent, 'a', run(9, 2));
    expect(recent.after('a', 0, 100)).toBeUndefined();
    expect(seqs(recent.after('a', 8, 100))).toEqual([9, 10]);
  });

  it('take what is heard of another process, unless it is known', () => {
    const recent = new RecentFrames(limits);
    const hear = (frames: DurableFrame[]) =>
      recent.hear(
        'a',
        frames,
        frames.map(() => 10),
      );
    add(recent, 'a', run(1, 3));
    hear(run(2, 2));
    hear(run(4, 2));
    hear(run(4, 1));
    expect(seqs(recent.after('a', 0, 100))).toEqual([1, 2, 3, 4, 5]);
    hear(run(7, 1));
    expect(recent.after('a', 5, 100)).toBeUndefined();
    expect(seqs(recent.after('a', 6, 100))).toEqual([7]);
  });

  it('never hold more than they may, nor give a gap, whatever comes', () => {
    const steps = fc.array(
      fc.record({
        session: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        skip: fc.constantFrom(0, 0, 0, 1),
        count: fc.integer({ min: 1, max: 15 }),
        size: fc.integer({ min: 1, max: 1_500 }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (given) => {
        const recent = new RecentFrames(limits);
        const last = new Map<string, number>();
        for (const { session, skip, count, size } of given) {
          const from = (last.get(session) ?? 0) + 1 + skip;
          add(recent, session, run(from, count), size);
          last.set(session, from + count - 1);
          expect(recent.heldBytes).toBeLessThanOrEqual(limits.bytes);
          for (const [name, end] of last) {
            for (let after = Math.max(0, end - 12); after <= end; after += 1) {
              const found = seqs(recent.after(name, after, 100));
              if (found) expect(found).toEqual(run(after + 1, end - after).map(({ seq }) => seq));
            }
          }
        }
      }),
    );
  });
});
