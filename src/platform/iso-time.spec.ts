import fc from 'fast-check';
import { isoTime } from './iso-time.js';

test('any time is written as a date writes it, whatever was written before it', () => {
  const times = fc.oneof(
    fc.date({ noInvalidDate: true }),
    fc.integer({ min: 0, max: 3_000 }).map((ms) => new Date(ms)),
  );
  fc.assert(fc.property(times, (date) => expect(isoTime(date.getTime())).toBe(date.toISOString())));
});

test('what is no time is refused', () => {
  expect(() => isoTime(NaN)).toThrow(RangeError);
});
