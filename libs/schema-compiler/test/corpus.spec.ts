import fc from 'fast-check';
import { EXAMPLES } from '../../../test/fixtures/nasty-schemas/examples.js';
import { NASTY_SCHEMAS, NEVER_CALLABLE } from '../../../test/fixtures/nasty-schemas/index.js';
import { refusals } from '../../../test/support/vendors/declaration-rules.js';
import { compileTool, DIALECTS } from '../src/index.js';
import { valuesFor } from './arguments-for.js';
import { oracle } from './oracle.js';

/** Ajv looks at every one of its 2^24 branches. */
const ENDLESS_FOR_AJV = 'ref-bomb-of-unions';

test('there are at least 200 nasty schemas', () => {
  expect(Object.keys(NASTY_SCHEMAS).length).toBeGreaterThanOrEqual(200);
});

describe.each(DIALECTS)('in the dialect of %s', (dialect) => {
  test.each(Object.entries(NASTY_SCHEMAS))('%s is declared by the rules, and a model can call it', (name, schema) => {
    const { parameters, decode, encode, compatibility } = compileTool(schema, dialect);
    expect(refusals(dialect, [{ name: 'tool', parameters }])).toEqual([]);
    expect(compatibility.score).toBeGreaterThanOrEqual(0);
    const original = name === ENDLESS_FOR_AJV ? undefined : oracle(schema);
    const sent = fc.sample(valuesFor(parameters), { numRuns: 15, seed: 3 });
    const taken = sent.map((args) => decode(args)).filter((decoded) => decoded.ok);
    for (const decoded of taken) expect(original?.(decoded.arguments) ?? true).toBe(true);

    const example = EXAMPLES[name];
    if (example) expect(decode(encode(example))).toEqual({ ok: true, arguments: example });
    else expect(taken.length > 0).toBe(!NEVER_CALLABLE.has(name));
  });
});
