import fc from 'fast-check';
import { refusals } from '../../../test/support/vendors/declaration-rules.js';
import { compileTool, type Dialect, DIALECTS } from '../src/index.js';
import { nastySchema, nonsense } from './arbitrary-schemas.js';
import { valuesFor } from './arguments-for.js';
import { oracle } from './oracle.js';

const dialect = fc.constantFrom<Dialect>(...DIALECTS);
const hasReference = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || '$literal' in value) return false;
  return '$ref' in value || Object.values(value).some(hasReference);
};
const refused = (to: Dialect, parameters: unknown) => refusals(to, [{ name: 'tool', parameters }]);

test('whatever the model may send is what the original takes, or is refused with words', () => {
  let taken = 0;
  fc.assert(
    fc.property(nastySchema, dialect, fc.gen(), (schema, to, draw) => {
      const compiled = compileTool(schema, to);
      const declared = oracle(compiled.parameters);
      const original = oracle(schema);
      for (let round = 0; round < 4; round++) {
        const args = draw(valuesFor, compiled.parameters);
        if (declared?.(args) !== true) continue;
        const decoded = compiled.decode(args);
        if (!decoded.ok) {
          expect(decoded.problems.length).toBeGreaterThan(0);
          for (const { path, message } of decoded.problems) {
            expect(path).toMatch(/^(\/|$)/);
            expect(message).toMatch(/\w{2,}/);
          }
          continue;
        }
        taken++;
        // What stands behind a reference is not known yet; JSON text may hold one, too.
        if (original && !hasReference(decoded.arguments))
          expect({ taken: original(decoded.arguments), value: decoded.arguments }).toMatchObject({ taken: true });
      }
    }),
    { numRuns: 200 },
  );
  expect(taken).toBeGreaterThan(60);
});

test('what is declared is within the rules of its vendor', () => {
  fc.assert(
    fc.property(nastySchema, dialect, (schema, to) => {
      expect(refused(to, compileTool(schema, to).parameters)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('nonsense in place of a schema is declared as something, and nothing is thrown', () => {
  fc.assert(
    fc.property(nonsense, dialect, fc.jsonValue({ maxDepth: 3 }), (schema, to, args) => {
      const compiled = compileTool(schema, to);
      expect(refused(to, compiled.parameters)).toEqual([]);
      expect(typeof compiled.decode(args).ok).toBe('boolean');
      expect(compiled.compatibility.score).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 200 },
  );
});

test('the same schema is compiled the same way and is never changed', () => {
  fc.assert(
    fc.property(nastySchema, dialect, (schema, to) => {
      const before = JSON.stringify(schema);
      const [first, second] = [compileTool(schema, to), compileTool(JSON.parse(before), to)];
      expect(second.parameters).toEqual(first.parameters);
      expect(second.compatibility).toEqual(first.compatibility);
      expect(JSON.stringify(schema)).toBe(before);
    }),
    { numRuns: 80 },
  );
});

test('arguments that a model was understood to mean can be told to it again', () => {
  fc.assert(
    fc.property(nastySchema, dialect, fc.gen(), (schema, to, draw) => {
      const compiled = compileTool(schema, to);
      const decoded = compiled.decode(draw(valuesFor, compiled.parameters));
      if (!decoded.ok || JSON.stringify(decoded.arguments).includes('$literal')) return;
      const again = compiled.encode(decoded.arguments);
      if (again === undefined) return;
      expect(compiled.decode(again)).toEqual(decoded);
    }),
    { numRuns: 150 },
  );
});

test('references stay where they are, and stand for anything', () => {
  fc.assert(
    fc.property(nastySchema, dialect, fc.gen(), (schema, to, draw) => {
      const compiled = compileTool(schema, to);
      const args = draw(valuesFor, compiled.parameters, { references: true });
      const decoded = compiled.decode(args);
      const count = (value: unknown) => JSON.stringify(value).split('step1#/structuredContent').length;
      if (decoded.ok && typeof args === 'object') expect(count(decoded.arguments)).toBe(count(args));
    }),
    { numRuns: 200 },
  );
});
