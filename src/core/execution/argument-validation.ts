import { measureWork, type Workload } from '@app/schema-compiler';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Injectable } from '@nestjs/common';
import addFormatsModule from 'ajv-formats';
import type { FieldIssue } from '../../platform/errors/app-error.js';
import type { ToolDefinition } from '../registry/tool-definition.js';

// The package is CommonJS: under ESM its function is the `default` of the module object.
const addFormats = addFormatsModule.default;

const OPTIONS = {
  strict: false,
  messages: true,
  validateSchema: false,
  logger: false,
  // A property called `toString` is not the one that every object inherits.
  ownProperties: true,
} as const;
const MAX_SCHEMA_BYTES = 256 * 1024;
/** What a schema may cost: its code is made while nothing else runs, and patterns are the slowest. */
const MOST = { perValue: 50_000, objects: 3_000, patterns: 300 };
/** Steps of one check, as every value is held against all that a schema says at its worst place. */
const MAX_STEPS = 5_000_000;
/** Each step may find something wrong, and all of it would be kept. */
const MAX_STEPS_TOLD_WHOLE = 100_000;
const MAX_COMPILED = 500;
const MAX_ISSUES = 20;

/** Checks arguments against a tool's own `inputSchema`, compiled once for each definition. */
@Injectable()
export class ArgumentValidation {
  private readonly compiled = new Map<string, Validator>();

  /**
   * What is wrong; of very large arguments the first thing only. Empty when the arguments fit, and where the schema
   * cannot be used, fails or would take too long: the server that published it will judge them itself.
   */
  check(pin: string, schema: Record<string, unknown>, args: unknown): FieldIssue[] {
    return this.validatorFor(pin, schema).check(args).slice(0, MAX_ISSUES).map(toIssue);
  }

  checkArguments({ pin, inputSchema }: ToolDefinition, args: unknown): FieldIssue[] {
    return this.check(pin, inputSchema, args);
  }

  private validatorFor(pin: string, schema: Record<string, unknown>): Validator {
    const known = this.compiled.get(pin);
    if (known) return known;
    const validator = new Validator(schema);
    this.compiled.set(pin, validator);
    if (this.compiled.size > MAX_COMPILED) {
      const oldest = this.compiled.keys().next();
      if (!oldest.done) this.compiled.delete(oldest.value);
    }
    return validator;
  }
}

class Validator {
  private readonly work: Workload | undefined;
  private all: ValidateFunction | 'unusable' | undefined;
  private first: ValidateFunction | 'unusable' | undefined;

  constructor(private readonly schema: Record<string, unknown>) {
    this.work = affordableWork(schema);
  }

  check(args: unknown): ErrorObject[] {
    if (!this.work) return [];
    const steps = stepsOf(args, this.work);
    if (steps > MAX_STEPS) return [];
    const validate =
      steps > MAX_STEPS_TOLD_WHOLE
        ? (this.first ??= compile(this.schema, false))
        : (this.all ??= compile(this.schema, true));
    if (validate === 'unusable') return [];
    try {
      return validate(args) ? [] : (validate.errors ?? []);
    } catch {
      // Of a reference that leads to itself, or of members that are called `toString` and are no functions.
      return [];
    }
  }
}

function affordableWork(schema: Record<string, unknown>): Workload | undefined {
  const work = JSON.stringify(schema).length > MAX_SCHEMA_BYTES ? undefined : measureWork(schema);
  const { perValue, objects, patterns } = MOST;
  return work && work.perValue <= perValue && work.objects <= objects && work.patterns <= patterns ? work : undefined;
}

/** Whether a schema of a stranger may be compiled. */
export const isAffordable = (schema: Record<string, unknown>): boolean => affordableWork(schema) !== undefined;

function stepsOf(args: unknown, { perValue, comparesItems }: Workload): number {
  let values = 0;
  let longest = 0;
  const open: unknown[] = [args];
  while (open.length > 0) {
    const next = open.pop();
    values += 1;
    if (typeof next !== 'object' || next === null) continue;
    const inner: unknown[] = Object.values(next);
    longest = Math.max(longest, inner.length);
    for (const one of inner) open.push(one);
  }
  return values * (perValue + (comparesItems ? longest : 0));
}

/** A compiler of its own for each schema: `$id`s of two servers must not meet. */
function compile(schema: Record<string, unknown>, allErrors: boolean): ValidateFunction | 'unusable' {
  const dialect = typeof schema.$schema === 'string' ? schema.$schema : '';
  const options = { ...OPTIONS, allErrors };
  const ajv = /draft-0[4-7]/.test(dialect) ? new Ajv(options) : new Ajv2020(options);
  try {
    addFormats(ajv);
    const { $schema: _, ...rest } = schema;
    return ajv.compile(rest);
  } catch {
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

/** @param whole what the issues are in, as a subject */
export const describeIssues = (issues: readonly FieldIssue[], whole = 'the arguments'): string =>
  issues.map(({ path, message }) => `${path === '/' ? whole : path} ${message}`).join('; ');
