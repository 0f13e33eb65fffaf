import fc from 'fast-check';
import { copyLine } from './copy-line.js';
import { CopyLines } from './copy-lines.js';

const texts = fc.array(fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { minLength: 1, maxLength: 4 }), {
  maxLength: 60,
});

test('lines come back as bytes, all of them and one by one, and the memory is used again', () => {
  const lines = new CopyLines();
  fc.assert(
    fc.property(texts, (rows) => {
      lines.clear();
      const written = rows.map((row) => copyLine(row));
      for (const line of written) lines.add(line);
      expect(lines.bytes.toString()).toBe(written.join(''));
      expect([...lines.each()].map(String)).toEqual(written);
      expect([lines.count, lines.size]).toEqual([rows.length, Buffer.byteLength(written.join(''))]);
    }),
  );
});

test('a line may be larger than all the memory so far', () => {
  const lines = new CopyLines();
  const long = copyLine(['é'.repeat(300_000)]);
  lines.add('a\n');
  lines.add(long);
  expect([...lines.each()].map(String)).toEqual(['a\n', long]);
});

test('a line tells values apart, also where they are empty, missing, or hold what ends a value', () => {
  expect(copyLine(['', 'a', ''])).toBe('\ta\t\n');
  expect(copyLine([null, undefined, 1, true, new Date(0)])).toBe('\\N\t\\N\t1\ttrue\t1970-01-01T00:00:00.000Z\n');
  expect(copyLine(['a\tb', 'c\nd', '\\N'])).toBe('a\\tb\tc\\nd\t\\\\N\n');
});
