import { parseChallenge } from './challenge.js';

test.each([
  ['Bearer', {}],
  ['Bearer realm="a, b", scope="x y"', { scope: 'x y' }],
  ['bearer scope=x,resource_metadata="https://a/b?c=d"', { scope: 'x', resourceMetadata: 'https://a/b?c=d' }],
  ['Basic realm="Bearer scope=\\"no\\"", Bearer error="insufficient_scope"', { error: 'insufficient_scope' }],
  ['Bearer scope="a", scope="b"', { scope: 'a' }],
  ['DPoP algs="ES256", Bearer scope="a", Basic scope="c"', { scope: 'a' }],
  ['Bearer scope="a\\"b"', { scope: 'a"b' }],
])('%s says %j', (header, challenge) => {
  expect(parseChallenge(header)).toEqual(challenge);
});

test.each([undefined, null, '', 'Basic realm="x"', '="', ',,,'])('%j has no challenge of ours', (header) => {
  expect(parseChallenge(header)).toBeUndefined();
});

test('a header made to be slow to read is read at once', () => {
  const began = performance.now();
  for (const nasty of [
    'a'.repeat(500_000),
    ' '.repeat(500_000),
    `Bearer ${'a="'.repeat(200_000)}`,
    '\\"'.repeat(300_000),
  ]) {
    parseChallenge(nasty);
  }
  expect(performance.now() - began).toBeLessThan(5_000);
});
