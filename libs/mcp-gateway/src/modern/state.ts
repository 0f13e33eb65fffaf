import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../json/json.js';
import type { Sealer } from '../ports.js';
import { CODES, ProtocolError } from '../protocol-error.js';

/** What is sealed: whose it is, of which request, until when, and what the backend wants back. */
interface Sealed {
  key: string;
  request: string;
  until: number;
  state: unknown;
}

export interface Bound {
  key: string;
  method: string;
  params: JsonObject;
}

export async function sealState(
  sealer: Sealer,
  bound: Bound,
  state: unknown,
  { lifetimeMs, now }: { lifetimeMs: number; now: number },
): Promise<string> {
  const sealed: Sealed = { key: digest(bound.key), request: requestDigest(bound), until: now + lifetimeMs, state };
  return sealer.seal(JSON.stringify(sealed));
}

/** @throws ProtocolError for what is not ours, somebody else's, of another request, or too old: all the same to who tries */
export async function openState(sealer: Sealer, bound: Bound, sealed: unknown, now: number): Promise<unknown> {
  const text = typeof sealed === 'string' ? await sealer.open(sealed) : undefined;
  const content: unknown = text === undefined ? undefined : JSON.parse(text);
  if (!isObject(content)) throw refused('The requestState is not one of this server.');
  const { key, request, until, state } = content;
  if (key !== digest(bound.key) || request !== requestDigest(bound)) {
    throw refused('The requestState belongs to another request.');
  }
  if (typeof until !== 'number' || until < now) throw refused('The requestState has expired: send the request anew.');
  return state;
}

/** What the answers of a request belong to: everything that the client repeats. */
const requestDigest = ({ method, params }: Bound): string =>
  digest(canonical([method, params.name, params.uri, params.arguments]));

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** The same for the same value, in whatever order its members came. Its depth was bounded when it came in. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

const refused = (message: string): ProtocolError => new ProtocolError(CODES.invalidParams, message);
