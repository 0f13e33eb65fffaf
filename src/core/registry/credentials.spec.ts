import fc from 'fast-check';
import { findHeaderProblem, findSchemeProblem, findSecretProblem, readCredentials } from './credentials.js';

test.each(['Host', 'connection', 'Transfer-Encoding', 'content-length', 'MCP-Session-Id', 'X-Forwarded-For', 'te', ''])(
  'a key may not be in the header %j',
  (name) => expect(findHeaderProblem(name)).toBeDefined(),
);

test.each(['Authorization', 'X-API-Key', 'api_key', 'Cookie'])('a key may be in the header %s', (name) =>
  expect(findHeaderProblem(name)).toBeUndefined(),
);

test('whatever passes makes one header that HTTP can carry', () => {
  const ascii = { unit: 'grapheme-ascii', maxLength: 12 } as const;
  const name = fc.oneof(fc.string({ ...ascii, minLength: 1 }), fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/));
  const secret = fc.oneof(fc.string({ ...ascii, minLength: 1 }), fc.string({ unit: 'binary', minLength: 1 }));
  fc.assert(
    fc.property(name, name, secret, (header, scheme, apiKey) => {
      if (findHeaderProblem(header) || findSchemeProblem(scheme) || findSecretProblem(apiKey)) return;
      const credentials = readCredentials('api_key', { apiKey, header, scheme });
      const sent = new Headers([[credentials?.header ?? '', credentials?.value ?? '']]);
      expect([...sent]).toEqual([[header.toLowerCase(), `${scheme} ${apiKey}`.trim()]]);
    }),
    { numRuns: 500 },
  );
});

test.each(['\r', '\n', '\0', '\u007f', 'é'])('a key may not contain %j', (character) =>
  expect(findSecretProblem(`a${character}b`)).toBeDefined(),
);

test('where no credential is needed none is kept', () => {
  expect(readCredentials('none', { apiKey: 'k' })).toBeNull();
});
