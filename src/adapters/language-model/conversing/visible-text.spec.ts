import fc from 'fast-check';
import { shorten, showInvisible } from '@app/schema-compiler';
import { showInvisibleDeep } from './visible-text.js';

test.each([
  ['a direction override', 'a\u202Eb', 'a⟨U+202E⟩b'],
  ['an isolate', '\u2066x\u2069', '⟨U+2066⟩x⟨U+2069⟩'],
  ['a zero-width space', 'pass\u200Bword', 'pass⟨U+200B⟩word'],
  ['letters of the tag block', '\u{E0041}', '⟨U+E0041⟩'],
  ['an escape sequence', '\u001B[2J', '⟨U+001B⟩[2J'],
  ['a hidden variation selector', 'a\u{E0101}', 'a⟨U+E0101⟩'],
  ['a lone surrogate', 'a\uD800', 'a⟨U+D800⟩'],
])('%s is made visible', (_name, hidden, shown) => {
  expect(showInvisible(hidden)).toBe(shown);
});

test('ordinary text of any language, line breaks and tabs stay', () => {
  const ordinary = 'Größe 测试 مرحبا 🙂\tone\r\ntwo';
  expect(showInvisible(ordinary)).toBe(ordinary);
});

test('no text keeps an invisible character, and showing twice changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = showInvisible(text);
      expect(shown).not.toMatch(/\p{Cf}|\p{Cs}/u);
      expect(showInvisible(shown)).toBe(shown);
    }),
  );
});

test('keys and strings at any depth are made visible, other values stay', () => {
  expect(showInvisibleDeep({ 'k\u200B': ['\u202E', 1, null, { deep: true }] })).toEqual({
    'k⟨U+200B⟩': ['⟨U+202E⟩', 1, null, { deep: true }],
  });
});

test('a value nested without end is cut, not followed', () => {
  let value: unknown = 'core';
  for (let depth = 0; depth < 5_000; depth++) value = [value];
  expect(JSON.stringify(showInvisibleDeep(value))).toContain('(nested too deeply)');
});

test('shortening never leaves half a character', () => {
  expect(shorten('ab🙂cd', 3)).toBe('ab … (shortened)');
  expect(shorten('short', 10)).toBe('short');
});
