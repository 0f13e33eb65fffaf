import { whenHere } from './soon.js';

describe('what follows something that may be at hand', () => {
  it('is done at once where it is, and throws what it throws', () => {
    expect(whenHere(1, (value) => value + 1)).toBe(2);
    expect(() =>
      whenHere(1, () => {
        throw new Error('at once');
      }),
    ).toThrow('at once');
  });

  it('is done later where it is not', async () => {
    const later = whenHere(Promise.resolve(1), (value) => value + 1);
    expect(later).toBeInstanceOf(Promise);
    await expect(later).resolves.toBe(2);
    await expect(whenHere(Promise.reject<number>(new Error('away')), String)).rejects.toThrow('away');
  });
});
