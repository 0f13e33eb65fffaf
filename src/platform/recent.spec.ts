import { remembering, touch } from './recent.js';

const used = (size: number, keys: readonly string[]) => {
  const map = new Map(['a', 'b', 'c'].map((key) => [key, key]));
  for (const key of keys) touch(map, key, key, size);
  return [...map.keys()];
};

describe('the order of a bounded map', () => {
  it('is that of the last use where the map may soon be full', () => {
    expect(used(3, ['a', 'b', 'a'])).toEqual(['c', 'b', 'a']);
    expect(used(5, ['a'])).toEqual(['b', 'c', 'a']);
  });

  it('stays as it was where it is far from full', () => {
    expect(used(6, ['a', 'b'])).toEqual(['a', 'b', 'c']);
  });
});

test('what was made of a text is made once, and again after it was forgotten', () => {
  const made: string[] = [];
  const shout = remembering(2, (text) => {
    made.push(text);
    return text.toUpperCase();
  });
  expect(['a', 'a', 'b', 'a', 'c', 'a'].map(shout)).toEqual(['A', 'A', 'B', 'A', 'C', 'A']);
  expect(made).toEqual(['a', 'b', 'c', 'a']);
});
