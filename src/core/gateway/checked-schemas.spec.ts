import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import fc from 'fast-check';
import { isAffordable } from '../execution/argument-validation.js';
import { doesCompile } from './checked-schemas.js';

const { schema } = fc.letrec<{ schema: Record<string, unknown>; inner: unknown }>((tie) => ({
  inner: fc.oneof({ maxDepth: 4, depthIdentifier: 'schema' }, fc.boolean(), tie('schema')),
  schema: fc.record(
    {
      type: fc.constantFrom<unknown>('object', 'string', ['string', 'null'], [], 'thing', 5),
      properties: fc.oneof(fc.dictionary(fc.string(), tie('inner'), { maxKeys: 3 }), fc.constant<unknown>([])),
      required: fc.constantFrom<unknown>([], ['a'], ['a', 'a'], 'a', [1]),
      items: fc.oneof(tie('inner'), fc.array(tie('inner'), { maxLength: 2 }), fc.constant<unknown>('x')),
      anyOf: fc.oneof(fc.array(tie('inner'), { maxLength: 2 }), fc.constant<unknown>({})),
      additionalProperties: tie('inner'),
      enum: fc.constantFrom<unknown>([], [1, 'a'], [1, 1], 'a'),
      pattern: fc.constantFrom<unknown>('^a+$', '(', '^[\\w-\\.]+$', 7),
      format: fc.constantFrom<unknown>('date-time', 'email', 7),
      maximum: fc.constantFrom<unknown>(1, 'x', null),
      minLength: fc.constantFrom<unknown>(1, -1, 1.5, 'x'),
      $ref: fc.constantFrom<unknown>('#', '#/$defs/a', '#a', 'https://example.com/none', 7),
      $defs: fc.dictionary(fc.constantFrom('a', 'b'), tie('inner')),
      $schema: fc.constantFrom<unknown>('https://json-schema.org/draft/2020-12/schema', 'urn:unknown'),
    },
    { requiredKeys: [] },
  ),
}));

let pins = 0;

test('a schema is told to clients that compile it where that goes well, and nowhere else', () => {
  fc.assert(
    fc.property(schema, (one) => {
      let isTaken = true;
      try {
        new AjvJsonSchemaValidator().getValidator(one);
      } catch {
        isTaken = false;
      }
      pins += 1;
      // One that compiles may still never come to an end with a value: `{"$ref": "#"}`.
      expect(doesCompile(`pin ${pins}`, one)).toBe(isTaken && isAffordable(one));
    }),
    { numRuns: 500 },
  );
});
