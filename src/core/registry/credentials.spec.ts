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
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  fc.assert(
    fc.property(text, text, text, (header, scheme, apiKey) => {
      fc.pre(!findHeaderProblem(header) && !findSchemeProblem(scheme) && !findSecretProblem(apiKey) && apiKey !== '');
      const credentials = readCredentials('api_key', { apiKey, header, scheme });
      expect(() => new Headers([[credentials?.header ?? '', credentials?.value ?? '']])).not.toThrow();
    }),
  );
  for (const break_ of ['\r', '\n', '\0', '\u007f', 'é']) expect(findSecretProblem(`a${break_}b`)).toBeDefined();
});

test('where no credential is needed none is kept', () => {
  expect(readCredentials('none', { apiKey: 'k' })).toBeNull();
});
