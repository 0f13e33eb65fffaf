import { isRecord } from '@app/session-protocol/client';
import { fieldsOf, readForm, type Field, type FormRead } from '../console/schema-form.js';
import { draftValue, takesNothing } from '../console/schema-parts.js';

/** Arguments as they are being written: by form or as JSON. */
export interface ArgumentsDraft {
  view: 'form' | 'json';
  raw: Record<string, string>;
  json: string;
  /** What has no field of its own. */
  kept: Record<string, unknown>;
}

export function draftOf(schema: unknown, values: Record<string, unknown> = {}): ArgumentsDraft {
  const fields = fieldsOf(schema, values);
  const given = Object.keys(values).length > 0;
  const written = fields.filter(({ name }) => Object.hasOwn(values, name));
  return {
    view: fields.length === 0 && (given || !takesNothing(schema)) ? 'json' : 'form',
    raw: Object.fromEntries(written.map(({ name, initial }) => [name, initial])),
    json: JSON.stringify(given || fields.length > 0 ? values : (draftValue(schema, schema) ?? {}), null, 2),
    kept: values,
  };
}

/** A default that nobody chose stays the tool's own. */
const given = (fields: Field[], { raw, kept }: ArgumentsDraft) =>
  fields.filter(({ name, required }) => required || Object.hasOwn(raw, name) || Object.hasOwn(kept, name));

export function readDraft(fields: Field[], draft: ArgumentsDraft): FormRead {
  return draft.view === 'form' ? readForm(given(fields, draft), draft.raw, draft.kept) : readJsonObject(draft.json);
}

/** The same arguments in the other view; undefined while they cannot be read. */
export function inView(
  schema: unknown,
  draft: ArgumentsDraft,
  view: ArgumentsDraft['view'],
): ArgumentsDraft | undefined {
  if (view === draft.view) return draft;
  const read = readDraft(fieldsOf(schema, draft.kept), draft);
  if (!read.ok) {
    // What is missing in a form can be missing in JSON as well.
    return view === 'json' ? { ...draft, view } : undefined;
  }
  return { ...draftOf(schema, read.values), view };
}

export function readJsonObject(text: string): FormRead {
  try {
    const values: unknown = JSON.parse(text);
    if (isRecord(values)) return { ok: true, values };
    return { ok: false, errors: { json: 'Arguments are a JSON object.' } };
  } catch (error) {
    return { ok: false, errors: { json: `Not valid JSON: ${error instanceof Error ? error.message : ''}` } };
  }
}

/** Values of fields that are marked secret are not kept anywhere. */
export function withoutSecrets(fields: Field[], values: Record<string, unknown>): Record<string, unknown> {
  const secret = new Set(fields.filter(({ input }) => input === 'password').map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => !secret.has(name)));
}
