import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';

const addFormats = addFormatsModule.default ?? addFormatsModule;
const OPTIONS = { strict: false, validateSchema: false, logger: false, ownProperties: true, allErrors: true } as const;

/** Ajv, as it judges a call before it is sent: undefined for a schema that it cannot use. */
export function oracle(schema: Record<string, unknown>): ((value: unknown) => boolean) | undefined {
  const isOld = typeof schema.$schema === 'string' && /draft-0[4-7]/.test(schema.$schema);
  const ajv = isOld ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS);
  (addFormats as (ajv: Ajv | Ajv2020) => void)(ajv);
  const { $schema: _, ...rest } = schema;
  try {
    const validate = ajv.compile(rest);
    return (value) => {
      try {
        return validate(withoutLiterals(value));
      } catch {
        // Of a reference that leads to itself, or of members that are called `toString` and are no functions.
        return true;
      }
    };
  } catch {
    return undefined;
  }
}

/** As the tool gets it: `{"$literal": value}` stands for its value. */
function withoutLiterals(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutLiterals);
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === '$literal') return only[1];
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutLiterals(inner)]));
}
