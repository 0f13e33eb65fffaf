import { cooldownSeconds, isCodeShaped, newCode } from './one-time-code.js';

test('codes are six digits, leading zeros included', () => {
  const codes = Array.from({ length: 500 }, newCode);
  expect(codes.every(isCodeShaped)).toBe(true);
  expect(new Set(codes).size).toBeGreaterThan(450);
});

test.each([
  [30, 0, 30],
  [30, 1, 60],
  [30, 3, 240],
  [30, 7, 3_600],
  [30, 1_000, 3_600],
  [0, 50, 0],
  [3_600, 2, 3_600],
])('a cooldown of %d s after %d exhausted codes is %d s', (base, exhausted, seconds) => {
  expect(cooldownSeconds(base, exhausted)).toBe(seconds);
});
