import { isRecord } from '@app/session-protocol/client';
import { draftValue, plainSchema } from './schema-parts.js';

export type FieldKind = 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'json';

/** One property of an object schema, as a field. */
export interface Field {
  name: string;
  label: string;
  help: string;
  kind: FieldKind;
  required: boolean;
  /** For `text`: what the browser should expect. */
  input: 'text' | 'email' | 'url' | 'date' | 'datetime-local' | 'password';
  choices: { value: unknown; label: string }[];
  initial: string;
  multiline: boolean;
  limits: { min?: number; max?: number; minLength?: number; maxLength?: number };
  /** For `json`: a value of the right form to begin with, as text. */
  draft: string;
}

const INPUTS: Record<string, Field['input']> = {
  email: 'email',
  uri: 'url',
  url: 'url',
  date: 'date',
  'date-time': 'datetime-local',
  password: 'password',
};

/** The fields of an object schema; a property that no simple field can hold becomes a JSON field. */
export function fieldsOf(schema: unknown, values: Record<string, unknown> = {}): Field[] {
  const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};
  const required = isRecord(schema) && Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([name, raw]) => {
    const property = plainSchema(raw, schema);
    // A default of null is how languages without optional things say that it is optional.
    const value = Object.hasOwn(values, name) ? values[name] : (property.default ?? undefined);
    const kind = isReference(value) || value === null ? 'json' : kindOf(property, value);
    return {
      name,
      label: text(property.title) || name,
      help: text(property.description),
      kind,
      required: required.includes(name),
      input: INPUTS[text(property.format)] ?? 'text',
      choices: choicesOf(property),
      initial: write(kind, value),
      multiline: kind === 'json' || (typeof value === 'string' && (value.length > 80 || value.includes('\n'))),
      limits: limitsOf(property),
      draft: kind === 'json' ? JSON.stringify(draftValue(raw, schema), null, 2) : '',
    };
  });
}

/** A value taken from an earlier task's result cannot be typed into a number field. */
function isReference(value: unknown): boolean {
  return isRecord(value) && typeof value.$ref === 'string';
}

function kindOf(property: Record<string, unknown>, value: unknown): FieldKind {
  if (choicesOf(property).length > 0) return 'choice';
  const given: unknown[] = Array.isArray(property.type) ? property.type : [property.type];
  const types = given.filter((one) => one !== 'null');
  const [type] = types;
  if (types.length !== 1) return 'json';
  if (type === 'string') return value === undefined || typeof value === 'string' ? 'text' : 'json';
  if (type === 'number' || type === 'integer' || type === 'boolean') return type;
  return 'json';
}

function choicesOf(property: Record<string, unknown>): Field['choices'] {
  if (Array.isArray(property.enum)) {
    const names: unknown[] = Array.isArray(property.enumNames) ? property.enumNames : [];
    const values: unknown[] = property.enum;
    return values.map((value, at) => ({ value, label: text(names[at]) || show(value) }));
  }
  const titled = [property.oneOf, property.anyOf].find(Array.isArray) as unknown[] | undefined;
  if (!titled?.every((one) => isRecord(one) && 'const' in one)) return [];
  return titled.filter(isRecord).map((one) => ({ value: one.const, label: text(one.title) || show(one.const) }));
}

function limitsOf(property: Record<string, unknown>): Field['limits'] {
  const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
  const all = {
    min: number(property.minimum),
    max: number(property.maximum),
    minLength: number(property.minLength),
    maxLength: number(property.maxLength),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const show = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function write(kind: FieldKind, value: unknown): string {
  if (value === undefined) return kind === 'boolean' ? 'false' : '';
  if (kind === 'json') return JSON.stringify(value, null, 2);
  return show(value);
}

export type Read = { ok: true; value: unknown } | { ok: false; why: string };

/** What a field's text means; `undefined` where an optional field is empty. */
export function readField(field: Field, raw: string): Read {
  if (raw === '' && field.kind !== 'boolean') {
    return field.required && field.kind !== 'text' ? { ok: false, why: 'is required' } : emptyText(field);
  }
  switch (field.kind) {
    case 'text':
      return readText(field, raw);
    case 'boolean':
      return { ok: true, value: raw === 'true' };
    case 'number':
    case 'integer':
      return readNumber(field, raw);
    case 'choice': {
      const choice = field.choices.find((one) => show(one.value) === raw);
      return choice ? { ok: true, value: choice.value } : { ok: false, why: 'is not one of the choices' };
    }
    case 'json':
      return readJson(raw);
  }
}

function emptyText(field: Field): Read {
  if (!field.required) return { ok: true, value: undefined };
  return field.limits.minLength === 0 ? { ok: true, value: '' } : { ok: false, why: 'is required' };
}

function readText({ input, limits }: Field, raw: string): Read {
  const { minLength, maxLength } = limits;
  if (minLength !== undefined && raw.length < minLength) return { ok: false, why: `needs ${minLength} characters` };
  if (maxLength !== undefined && raw.length > maxLength) return { ok: false, why: `takes ${maxLength} characters` };
  if (input === 'email' && !/^\S+@\S+\.\S+$/.test(raw)) return { ok: false, why: 'is not an email address' };
  if (input === 'url' && !URL.canParse(raw)) return { ok: false, why: 'is not a URL' };
  if (input === 'datetime-local') {
    const date = new Date(raw);
    return Number.isNaN(date.getTime()) ? { ok: false, why: 'is not a date' } : { ok: true, value: date.toISOString() };
  }
  return { ok: true, value: raw };
}

function readNumber({ kind, limits }: Field, raw: string): Read {
  const value = Number(raw);
  if (!Number.isFinite(value)) return { ok: false, why: 'is not a number' };
  if (kind === 'integer' && !Number.isInteger(value)) return { ok: false, why: 'is not a whole number' };
  if (limits.min !== undefined && value < limits.min) return { ok: false, why: `is at least ${limits.min}` };
  if (limits.max !== undefined && value > limits.max) return { ok: false, why: `is at most ${limits.max}` };
  return { ok: true, value };
}

function readJson(raw: string): Read {
  try {
    return { ok: true, value: JSON.parse(raw) as unknown };
  } catch (error) {
    return { ok: false, why: `is not valid JSON: ${error instanceof Error ? error.message : ''}` };
  }
}

export type FormRead = { ok: true; values: Record<string, unknown> } | { ok: false; errors: Record<string, string> };

/** What is typed in a field; a field may be called `constructor`, which every object has. */
export const typedIn = <Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** All fields at once. @param kept values that have no field, carried over */
export function readForm(fields: Field[], raw: Record<string, string>, kept: Record<string, unknown> = {}): FormRead {
  const errors = new Map<string, string>();
  const named = new Set(fields.map(({ name }) => name));
  const values = new Map(Object.entries(kept).filter(([name]) => !named.has(name)));
  for (const field of fields) {
    const read = readField(field, typedIn(raw, field.name) ?? field.initial);
    if (!read.ok) errors.set(field.name, `${field.label} ${read.why}.`);
    else if (read.value !== undefined) values.set(field.name, read.value);
  }
  if (errors.size > 0) return { ok: false, errors: Object.fromEntries(errors) };
  return { ok: true, values: Object.fromEntries(values) };
}
