import { nextCheckDelay } from './back-off.js';

const MIDDLE = 0.5;

test('a server that works is checked each minute', () => {
  expect(nextCheckDelay(0, MIDDLE)).toBe(60_000);
});

test('one that fails is checked ever more rarely, up to a quarter of an hour', () => {
  const seconds = [1, 2, 3, 4, 5, 6, 7, 8, 1_000].map((failures) => nextCheckDelay(failures, MIDDLE) / 1_000);
  expect(seconds).toEqual([15, 30, 60, 120, 240, 480, 900, 900, 900]);
});

test('not all at the same moment', () => {
  expect([0, 1].map((random) => nextCheckDelay(0, random))).toEqual([48_000, 72_000]);
});
