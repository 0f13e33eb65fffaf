import { afterwards, promised, whenAllHere, whenHere } from '../src/index.js';

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

  it('is done at once for several where all of them are', async () => {
    expect(whenAllHere([1, 2], (values) => values.join())).toBe('1,2');
    const later = whenAllHere([1, Promise.resolve(2)], (values) => values.join());
    expect(later).toBeInstanceOf(Promise);
    await expect(later).resolves.toBe('1,2');
  });
});

describe('work whose outcome is a promise', () => {
  it('rejects with what it throws on the way', async () => {
    const work = () => {
      throw new Error('at once');
    };
    await expect(promised(work)).rejects.toThrow('at once');
    await expect(promised(() => 1)).resolves.toBe(1);
  });

  it('is followed by its end, whichever way it went', async () => {
    const ends: string[] = [];
    await expect(afterwards(Promise.resolve(1), () => ends.push('done'))).resolves.toBe(1);
    await expect(afterwards(Promise.reject(new Error('away')), () => ends.push('failed'))).rejects.toThrow('away');
    expect(ends).toEqual(['done', 'failed']);
  });
});
