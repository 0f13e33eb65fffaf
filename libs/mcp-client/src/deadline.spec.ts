import { Deadline } from './deadline.js';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Milliseconds until it ends, in steps of one; undefined: not within that time. */
function endsAfter(deadline: Deadline, mostMs: number): number | undefined {
  for (let ms = 0; ms <= mostMs; ms += 1) {
    if (deadline.ended) return ms;
    jest.advanceTimersByTime(1);
  }
  return undefined;
}

test.each([1, 50, 999, 1_000, 1_001, 1_399, 2_500, 30_000])('a deadline of %d ms ends to the millisecond', (ms) => {
  const deadline = new Deadline(ms);
  expect(endsAfter(deadline, ms + 10)).toBe(ms);
  expect([deadline.expired, deadline.remainingMs]).toEqual([true, 0]);
});

test('one that was paused ends later by as much, however often', () => {
  const deadline = new Deadline(3_000);
  jest.advanceTimersByTime(1_500);
  deadline.pause();
  deadline.pause();
  jest.advanceTimersByTime(60_000);
  deadline.resume();
  jest.advanceTimersByTime(60_000);
  expect([deadline.ended, deadline.remainingMs]).toEqual([false, 1_500]);
  deadline.resume();
  expect(endsAfter(deadline, 2_000)).toBe(1_500);
});

test('one that was disposed of, or cancelled, does not run out, and leaves no timer', () => {
  const controller = new AbortController();
  const disposed = new Deadline(2_000);
  const near = new Deadline(500);
  const cancelled = new Deadline(2_000, controller.signal);
  disposed.dispose();
  near.dispose();
  controller.abort(new Error('Not any more.'));
  expect([cancelled.ended, cancelled.expired, (cancelled.signal.reason as Error).message]).toEqual([
    true,
    false,
    'Not any more.',
  ]);
  jest.advanceTimersByTime(10_000);
  expect([disposed.ended, near.ended, cancelled.expired]).toEqual([false, false, false]);
  expect(jest.getTimerCount()).toBe(0);
});
