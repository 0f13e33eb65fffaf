import fc from 'fast-check';
import { mayNameSecret, scrubLine, scrubText, secrecyOf } from './secret-forms.js';

const FORMS: readonly (readonly [before: string, secret: string, after: string])[] = [
  ['postgres://app:', 'hunter22', '@db'],
  ['', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0', ''],
  ['/path?token=', 'abc123def', ''],
  ['/path?a=b&api_key=', 'abc123def', ''],
  ...[
    'mcp_sk_',
    'ghp_',
    'gho_',
    'github_pat_',
    'glpat-',
    'xoxb-',
    'sk_live_',
    'rk_test_',
    'whsec_',
    'npm_',
    'hf_',
    'dop_v1_',
  ].map((prefix) => [prefix, '0123456789abcdef', ''] as const),
  ['sk-', 'proj0123456789abcdef', ''],
  ['', 'AKIA0123456789ABCDEF', ''],
  ['', 'ASIA0123456789ABCDEF', ''],
  ['', `AIza${'0123456789abcdef'.repeat(2)}xyz`, ''],
  ['-----BEGIN RSA PRIVATE KEY-----', 'MIIEow', '-----END RSA PRIVATE KEY-----'],
  ['Bearer ', 'abcdefgh12345678', ''],
  ['BASIC ', 'abcdefgh12345678', ''],
];
const NAMES =
  'password passwd passphrase pwd secret token api_key apiKey access-key private_key signingkey Authorization Cookie credential credentials'.split(
    ' ',
  );
const NAMES_IN_JSON = [
  ...NAMES,
  'encryption_key',
  'bearer',
  'session_id',
  'SessionId',
  'auth',
  'JWT',
  'otp',
  'pin',
  'cvv',
  'cvc',
  'max_tokens',
];

/** Without what a secret consists of, so that nothing joins it. */
const prose = fc.stringMatching(/^[a-z ,.]{0,200}$/).map((text) => `${text} `);

test.each(FORMS)('%s is taken out wherever it stands', (before, secret, after) => {
  fc.assert(
    fc.property(prose, prose, (one, other) => {
      const text = `${one}${before}${secret}${after} ${other}`;
      for (const scrub of [scrubLine, scrubText]) expect(scrub(text)).not.toContain(secret);
    }),
    { numRuns: 20 },
  );
});

test.each(NAMES)('%s gives its value away, wherever it stands in the text of a stranger', (name) => {
  fc.assert(
    fc.property(prose, prose, (one, other) => {
      expect(scrubText(`${one}${name}=Zq7vW2xY ${other}`)).not.toContain('Zq7vW2xY');
    }),
    { numRuns: 20 },
  );
});

test.each(NAMES_IN_JSON)('a member called %s is not overlooked', (name) => {
  expect(secrecyOf(name)).not.toBe('open');
  fc.assert(
    fc.property(prose, (text) => expect(mayNameSecret(JSON.stringify({ text, [name]: 1 }))).toBe(true)),
    { numRuns: 20 },
  );
});

test('no name that keeps a secret is overlooked', () => {
  const word = fc.constantFrom(
    'pass',
    'pwd',
    'secret',
    'api',
    'key',
    'token',
    'auth',
    'session',
    'id',
    'jwt',
    'pin',
    'x',
    '_',
    '-',
    ' ',
    'S',
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      const name = words.join('');
      if (secrecyOf(name) !== 'open') expect(mayNameSecret(JSON.stringify({ [name]: 1 }))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('prose and plain JSON are as they were', () => {
  fc.assert(
    fc.property(prose, (text) => {
      expect([scrubLine(text), scrubText(text)]).toEqual([text, text]);
      expect(mayNameSecret('{"message":"hello","count":3}')).toBe(false);
    }),
  );
});
