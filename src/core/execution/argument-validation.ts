import { countBranches } from '@app/schema-compiler';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import type { FieldIssue } from '../../platform/errors/app-error.js';

// The package is CommonJS: under ESM its function is the `default` of the module object.
const addFormats = addFormatsModule.default;

const OPTIONS = {
  strict: false,
  allErrors: true,
  messages: true,
  validateSchema: false,
  logger: false,
  // A property called `toString` is not the one that every object inherits.
  ownProperties: true,
} as const;
const MAX_SCHEMA_BYTES = 256 * 1024;
/** Branches are followed one by one, so that their number is the time that one value takes. */
const MAX_BRANCHES = 10_000;
const MAX_COMPILED = 500;
const MAX_ISSUES = 20;

type Validator = ValidateFunction | 'unusable';

/** Checks arguments against a tool's own `inputSchema`, compiled once for each definition. */
export class ArgumentValidation {
  private readonly compiled = new Map<string, Validator>();

  /** What is wrong; empty when the arguments fit, or when the schema itself cannot be used. */
  check(pin: string, schema: Record<string, unknown>, args: unknown): FieldIssue[] {
    const validator = this.validatorFor(pin, schema);
    if (validator === 'unusable' || validator(args)) return [];
    return (validator.errors ?? []).slice(0, MAX_ISSUES).map(toIssue);
  }

  private validatorFor(pin: string, schema: Record<string, unknown>): Validator {
    const known = this.compiled.get(pin);
    if (known) return known;
    const validator = compile(schema);
    this.compiled.set(pin, validator);
    if (this.compiled.size > MAX_COMPILED) {
      const oldest = this.compiled.keys().next();
      if (!oldest.done) this.compiled.delete(oldest.value);
    }
    return validator;
  }
}

/** A compiler of its own for each schema: `$id`s of two servers must not meet. */
function compile(schema: Record<string, unknown>): Validator {
  if (JSON.stringify(schema).length > MAX_SCHEMA_BYTES || countBranches(schema) > MAX_BRANCHES) return 'unusable';
  const dialect = typeof schema.$schema === 'string' ? schema.$schema : '';
  const ajv = /draft-0[4-7]/.test(dialect) ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS);
  try {
    addFormats(ajv);
    const { $schema: _, ...rest } = schema;
    return ajv.compile(rest);
  } catch {
    // The server that published the schema will judge the arguments itself.
    return 'unusable';
  }
}

function toIssue(error: ErrorObject): FieldIssue {
  const extra = (error.params as { additionalProperty?: string }).additionalProperty;
  const missing = (error.params as { missingProperty?: string }).missingProperty;
  const path = [error.instancePath, extra ?? missing].filter((part) => part !== undefined && part !== '').join('/');
  return {
    path: path.startsWith('/') ? path : `/${path}`,
    code: error.keyword,
    message: extra === undefined ? (error.message ?? 'is not valid') : `unknown argument "${extra}"`,
  };
}

export const describeIssues = (issues: readonly FieldIssue[]): string =>
  issues.map(({ path, message }) => `${path === '/' ? 'the arguments' : path} ${message}`).join('; ');
