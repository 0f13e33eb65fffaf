import { inspect } from 'node:util';
import fc from 'fast-check';
import { createScrubber } from '../../platform/logging/scrub.js';
import { scrubText } from '../../platform/logging/secret-forms.js';
import { toRedactedJson } from './redacted-json.js';
import { secretPathsOf } from './secret-paths.js';

const scrub = createScrubber(['the-secret-of-the-settings'], scrubText);
/** Both ways must say the same: part by part, and at one look. */
function redact(value: unknown, limit = 16_384) {
  const found = toRedactedJson(value, { limit, scrub });
  const atOnce = toRedactedJson(value, { limit, scrub, json: jsonOf(value) });
  expect(atOnce.json).not.toContain(SECRET);
  if (!found.truncated && !isOfBytes(value))
    expect(JSON.parse(atOnce.json ?? '')).toEqual(JSON.parse(found.json ?? ''));
  return found;
}
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
/** These are no values of JSON: their indexes are written where nobody looks at them. */
const isOfBytes = (value: unknown): boolean => inspect(value, { depth: 20 }).includes('Array(');
const read = (value: unknown, limit?: number): unknown => JSON.parse(redact(value, limit).json ?? 'null');

const SECRET_NAMES = [
  'password',
  'userPassword',
  'API_KEY',
  'x-api-key',
  'client_secret',
  'accessToken',
  'refresh_token',
  'Authorization',
  'Set-Cookie',
  'privateKey',
  'credentials',
  'passphrase',
];
const SECRET = 'Pl4nted:Secret';

const secretName = fc.constantFrom(...SECRET_NAMES);
const planted = fc.oneof(
  secretName.map((name) => ({ [name]: SECRET })),
  secretName.map((name) => ({ [name]: [SECRET, { deeper: SECRET }] })),
  secretName.map((name) => ({ name, value: SECRET })),
  secretName.map((name) => JSON.stringify({ a: 1, [name]: SECRET, b: 2 })),
  secretName.map((name) => ({ text: JSON.stringify({ text: JSON.stringify({ [name]: SECRET }) }) })),
  secretName.map((name) => `${name}=${SECRET}`),
);

/** A value with something planted anywhere in it. */
const around = (inner: fc.Arbitrary<unknown>) =>
  fc
    .tuple(inner, fc.jsonValue({ maxDepth: 3 }), fc.array(fc.oneof(fc.constant('list'), fc.string()), { maxLength: 5 }))
    .map(([value, beside, path]) =>
      path.reduce<unknown>(
        (made, name) => (name === 'list' ? [beside, made, beside] : { before: beside, [name]: made, after: beside }),
        value,
      ),
    );

describe('JSON without secrets', () => {
  it('never lets out what stands under a name for a secret', () => {
    fc.assert(
      fc.property(around(planted), fc.integer({ min: 64, max: 4_000 }), (value, limit) => {
        expect(redact(value, limit).json).not.toContain(SECRET);
      }),
      { numRuns: 500 },
    );
  });

  it('is valid JSON within its limit, whatever it is made of, and says when something is missing', () => {
    fc.assert(
      fc.property(
        fc.anything({ withDate: true, withTypedArray: true, withBigInt: true }),
        fc.integer({ min: 64, max: 600 }),
        (value, limit) => {
          const { json, truncated } = redact(value, limit);
          expect(Buffer.byteLength(json ?? '')).toBeLessThanOrEqual(limit);
          expect(() => JSON.parse(json ?? '') as unknown).not.toThrow();
          expect(json).not.toContain('\\u0000');
          if (truncated) expect(json).toMatch(/…|\[unreadable\]/);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('keeps what holds no secret as it is', () => {
    const value = { query: 'function total', max_tokens: 100, nextPageToken: 'abc', list: [1, null, true, { a: 'ü' }] };
    expect(read(value)).toEqual(value);
    expect(redact(value).truncated).toBe(false);
    expect(read('Basic information about tokens: there are none.')).toBe(
      'Basic information about tokens: there are none.',
    );
  });

  it.each([
    `mcp_sk_${'a1'.repeat(18)}`,
    `ghp_${'a1'.repeat(18)}`,
    'sk-ant-api03-abcdefghijklmnop123456',
    'AKIAIOSFODNN7EXAMPLE',
    'xoxb-123456789012-abcdefghijkl',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl',
    `-----BEGIN RSA PRIVATE KEY-----\n${'MIIE'.repeat(500)}\n-----END RSA PRIVATE KEY-----`,
    'the-secret-of-the-settings',
  ])('takes out what is secret by its form, in texts and in names: %s', (secret) => {
    const { said, ...named } = read({ said: `it is ${secret} indeed`, [secret]: 1 }) as Record<string, unknown>;
    expect(said).toBe('it is [redacted] indeed');
    expect(Object.keys(named)).toEqual(['[redacted]']);
  });

  it('takes out a token that the limit would cut in half', () => {
    const { json } = redact(`${'x'.repeat(90)} ghp_${'a1'.repeat(18)}`, 120);
    expect(json).not.toContain('ghp_a');
  });

  it('takes out what the schema calls secret, whatever its name', () => {
    const schema = {
      properties: {
        pass: { type: 'string', format: 'password' },
        rows: { items: { anyOf: [{ properties: { answer: { writeOnly: true } } }] } },
      },
    };
    const { json } = toRedactedJson(
      { pass: 'one', rows: [{ answer: 'two', open: 'three' }] },
      { limit: 1_000, scrub, secretPaths: secretPathsOf(schema) },
    );
    expect(JSON.parse(json ?? '')).toEqual({ pass: '[redacted]', rows: [{ answer: '[redacted]', open: 'three' }] });
  });

  it('tells the size and the SHA-256 of files instead of their bytes', () => {
    const file = { bytes: 5, sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824' };
    const data = Buffer.from('hello').toString('base64');
    expect(
      read([
        { type: 'image', data, mimeType: 'image/png' },
        { uri: 'a:b', mimeType: 'text/plain', blob: data },
        `data:text/plain;base64,${data}`,
        Buffer.from('hello'),
      ]),
    ).toEqual([
      { type: 'image', data: file, mimeType: 'image/png' },
      { uri: 'a:b', mimeType: 'text/plain', blob: file },
      file,
      file,
    ]);
  });

  it('cuts long texts, long lists and long objects, and says how much is missing', () => {
    expect(read('ä'.repeat(500), 64)).toMatch(/^ä{29}…$/);
    expect(
      read(
        Array.from({ length: 500 }, (_, index) => index),
        100,
      ),
    ).toContainEqual(expect.stringMatching(/^… \d+ more$/));
    expect(
      read(Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`m${index}`, index])), 100),
    ).toHaveProperty('…', expect.stringMatching(/^\d+ more$/));
  });

  it('survives circles and what throws when it is read', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(redact(circle).truncated).toBe(true);
    const broken = {
      get boom(): string {
        throw new Error('boom');
      },
    };
    expect(read(broken)).toBe('[unreadable]');
  });
});
