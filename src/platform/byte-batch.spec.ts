import fc from 'fast-check';
import { ByteBatch } from './byte-batch.js';

describe('a batch of bytes', () => {
  it('holds what was added, in its order, as UTF-8', () => {
    const batch = new ByteBatch();
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 40_000, size: 'max' })), (texts) => {
        for (const text of texts) batch.add(text);
        const expected = Buffer.from(texts.join(''));
        expect(batch.size).toBe(expected.length);
        const taken = batch.take();
        expect(taken.equals(expected)).toBe(true);
        batch.giveBack(taken);
      }),
      { numRuns: 50 },
    );
  });

  it('is empty once it was taken, and leaves alone what was', () => {
    const batch = new ByteBatch();
    expect(batch.take()).toHaveLength(0);
    batch.add('first');
    const taken = batch.take();
    expect(batch.size).toBe(0);
    batch.add('other');
    expect(taken.toString()).toBe('first');
    expect(batch.take().toString()).toBe('other');
  });

  it('writes again where what it was given back stood', () => {
    const batch = new ByteBatch();
    batch.add('first');
    const { buffer } = batch.take();
    batch.giveBack(Buffer.from(buffer, 3));
    batch.add('other');
    expect(batch.take().buffer).toBe(buffer);
  });
});
