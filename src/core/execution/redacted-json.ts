import { createHash } from 'node:crypto';
import { storable } from '../../platform/database/kept-text.js';
import { mayNameSecret, secrecyOf } from '../../platform/logging/secret-forms.js';

/** A place in a value, name by name; `*` is any. */
export type SecretPath = readonly string[];

export interface Redaction {
  /** Bytes of UTF-8 that the text has at most. */
  limit: number;
  /** Takes out of a text what is secret by its form. */
  scrub: (text: string) => string;
  /** What is secret there, whatever it is called. */
  secretPaths?: readonly SecretPath[];
  /** What `JSON.stringify` makes of it, if that is known: most is small and holds no secret, which one look at it tells. */
  json?: string | undefined;
}

export interface RedactedJson {
  /** Valid JSON; null where the limit leaves no room for any. */
  json: string | null;
  /** Something was left out for its size. */
  truncated: boolean;
}

const REDACTED = '"[redacted]"';
const CUT = '"…"';
const CUT_BYTES = Buffer.byteLength(CUT);
/** For the end of an array or an object, and how much of it is missing. */
const CLOSING_BYTES = 40;
const LEAST_LIMIT = 64;
const MAX_DEPTH = 64;
/** Read beyond the limit, so that a secret that the limit cuts is still known by its form. */
const BEYOND = 1_024;
/** Decoding and hashing more would hold up everybody else. */
const MAX_HASHED_CHARACTERS = 1_400_000;

/**
 * JSON of any value, without secrets and within a limit: what does not fit is cut, and says so where it was. Bytes of
 * files become `{bytes, sha256}`. Takes what `JSON.stringify` takes, and circles too; never throws.
 */
export function toRedactedJson(value: unknown, { limit, scrub, secretPaths = [], json }: Redaction): RedactedJson {
  if (limit < LEAST_LIMIT) return { json: null, truncated: true };
  if (json !== undefined && secretPaths.length === 0 && isPlain(json, limit, scrub)) return { json, truncated: false };
  const writer = new Writer(limit, scrub);
  try {
    writer.write(value, 0, secretPaths);
  } catch {
    // A stranger's object may throw when it is read.
    return { json: '"[unreadable]"', truncated: true };
  }
  return { json: writer.text, truncated: writer.truncated };
}

/** What is to be looked at part by part: files, what Postgres does not take, and what may name a secret. */
const FILE = /"mimeType"|"type":"(?:image|audio|Buffer)"/i;
const NOT_KEPT = /\\u(?:0000|d[89a-f])/i;
const hasFile = (json: string): boolean => json.includes(';base64,') || FILE.test(json);
const mayNotBeKept = (json: string): boolean => json.includes('\\u') && NOT_KEPT.test(json);

function isPlain(json: string, limit: number, scrub: (text: string) => string): boolean {
  if (json.length > limit || hasFile(json) || mayNotBeKept(json) || mayNameSecret(json)) return false;
  return scrub(json) === json && Buffer.byteLength(json) <= limit;
}

class Writer {
  text = '';
  truncated = false;

  constructor(
    private left: number,
    private readonly scrub: (text: string) => string,
  ) {}

  /** There is room for `CUT` whenever this is called. */
  write(given: unknown, depth: number, secrets: readonly SecretPath[]): void {
    const value = plainOf(given);
    if (typeof value === 'string') return this.writeString(value);
    if (typeof value !== 'object' || value === null) return this.put(JSON.stringify(value) ?? 'null');
    if (value instanceof Uint8Array) return this.writeBytes(value);
    if (depth >= MAX_DEPTH || this.left < 2 + CLOSING_BYTES) return this.cut();
    if (Array.isArray(value)) this.writeArray(value, depth, secrets);
    else this.writeObject(value as Record<string, unknown>, depth, secrets);
  }

  private writeArray(members: readonly unknown[], depth: number, secrets: readonly SecretPath[]): void {
    this.open('[');
    let written = 0;
    for (const member of members) {
      if (this.left < 1 + CUT_BYTES) break;
      if (written > 0) this.add(',', 1);
      const path = String(written);
      if (isSecret(secrets, path)) this.put(REDACTED);
      else this.write(member, depth + 1, below(secrets, path));
      written += 1;
    }
    const missing = members.length - written;
    this.close(missing === 0 ? ']' : `${written === 0 ? '' : ','}"… ${missing} more"]`, missing);
  }

  private writeObject(object: Record<string, unknown>, depth: number, secrets: readonly SecretPath[]): void {
    this.open('{');
    const names = Object.keys(object).filter((name) => object[name] !== undefined);
    const isSecretPair = secrecyOf(pairName(object)) === 'secret';
    const isFile = typeof object.mimeType === 'string' || object.type === 'image' || object.type === 'audio';
    let written = 0;
    for (const name of names) {
      const key = JSON.stringify(this.clean(name.slice(0, this.left)));
      const bytes = Buffer.byteLength(key) + 1;
      if (this.left < bytes + 1 + CUT_BYTES) break;
      this.add(written === 0 ? `${key}:` : `,${key}:`, written === 0 ? bytes : bytes + 1);
      const value = object[name];
      if (isSecret(secrets, name) || (isSecretPair && name === 'value') || isKeptBack(name, value)) this.put(REDACTED);
      else if (isFile && (name === 'data' || name === 'blob') && typeof value === 'string') this.writeBase64(value);
      else this.write(value, depth + 1, below(secrets, name));
      written += 1;
    }
    const missing = names.length - written;
    this.close(missing === 0 ? '}' : `${written === 0 ? '' : ','}"…":"${missing} more"}`, missing);
  }

  private writeString(value: string): void {
    const file = /^data:[\w.+/-]{1,100};base64,/.exec(value);
    if (file) return this.writeBase64(value.slice(file[0].length));
    if (value.length > this.left + BEYOND) {
      const clean = this.clean(value.slice(0, this.left + BEYOND));
      // What was read to its end only half may hide in the last part.
      return this.cut(prefixOf(clean.slice(0, Math.max(0, clean.length - BEYOND)), this.left));
    }
    const clean = this.clean(value);
    const json = JSON.stringify(clean);
    const bytes = Buffer.byteLength(json);
    if (bytes <= this.left) this.add(json, bytes);
    else this.cut(prefixOf(clean, this.left));
  }

  private writeBase64(text: string): void {
    if (text.length > MAX_HASHED_CHARACTERS) return this.put(JSON.stringify({ bytes: Math.floor(text.length * 0.75) }));
    this.writeBytes(Buffer.from(text, 'base64'));
  }

  private writeBytes(bytes: Uint8Array): void {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.put(JSON.stringify({ bytes: bytes.byteLength, sha256 }));
  }

  private clean(text: string): string {
    return storable(this.scrub(text));
  }

  private open(bracket: string): void {
    this.add(bracket, 1 + CLOSING_BYTES);
  }

  private close(end: string, missing: number): void {
    this.left += CLOSING_BYTES;
    this.add(end, Buffer.byteLength(end));
    if (missing > 0) this.truncated = true;
  }

  /** Short things, which are there whole or not at all. */
  private put(json: string): void {
    const bytes = Buffer.byteLength(json);
    if (bytes <= this.left) this.add(json, bytes);
    else this.cut();
  }

  private cut(json = CUT): void {
    this.truncated = true;
    this.add(json, Buffer.byteLength(json));
  }

  private add(json: string, bytes: number): void {
    this.text += json;
    this.left -= bytes;
  }
}

/** What `JSON.stringify` would make of it before it writes. */
function plainOf(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const { toJSON } = value as { toJSON?: unknown };
  return typeof toJSON === 'function' ? (toJSON.call(value) as unknown) : value;
}

/** `{"name": "Authorization", "value": "…"}` is as secret as `{"Authorization": "…"}`. */
function pairName({ name, key, header }: Record<string, unknown>): string {
  const found = [name, key, header].find((text) => typeof text === 'string');
  return found === undefined ? '' : found;
}

/** Nothing, and yes or no, tell no secret. */
function isKeptBack(name: string, value: unknown): boolean {
  if (value === null || value === '' || typeof value === 'boolean') return false;
  const secrecy = secrecyOf(name);
  return secrecy === 'secret' || (secrecy === 'counted' && typeof value !== 'number');
}

const isAt = (step: string | undefined, name: string): boolean => step === '*' || step === name;

const isSecret = (paths: readonly SecretPath[], name: string): boolean =>
  paths.length > 0 && paths.some((path) => path.length === 1 && isAt(path[0], name));

const below = (paths: readonly SecretPath[], name: string): readonly SecretPath[] =>
  paths.length === 0 ? paths : paths.filter((path) => isAt(path[0], name)).map((path) => path.slice(1));

/** As much of the text as has room, as JSON with a mark behind it. */
function prefixOf(text: string, room: number): string {
  let length = Math.min(text.length, room);
  for (;;) {
    const json = JSON.stringify(`${storable(text.slice(0, length))}…`);
    const bytes = Buffer.byteLength(json);
    if (bytes <= room || length <= 0) return json;
    length = Math.min(length - 1, Math.floor((length * room) / bytes));
  }
}
