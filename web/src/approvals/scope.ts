import { isRecord } from '@app/session-protocol/client';
import type { ArgumentRule, DecisionScope, ScopeType } from '../api/approval-types.js';

/** One argument in the form: what it must be for the permission to hold. */
export interface MatchRow {
  /** A JSON Pointer (RFC 6901) into the arguments. */
  pointer: string;
  value: unknown;
  rule: 'any' | 'equals' | 'prefix';
  /** For `prefix`: as typed. */
  prefix: string;
}

export interface ScopeDraft {
  type: ScopeType;
  rows: MatchRow[];
  /** As typed; empty for no limit. */
  uses: string;
  /** Seconds, of the choices; empty for ever. */
  expiry: string;
}

const MAX_ROWS = 40;
/** Of one permission. */
const MAX_BOUND = 16;
const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Only such a value can be compared: a list or an object is looked at not at all. */
export const isPlain = (value: unknown): boolean => value === null || typeof value !== 'object';

/** To begin with: what holds the thing, where the value is a path or an address; never a root, nor a scheme alone. */
const parentOf = (text: string) => /^.*[^/:]\/(?=[^/])/s.exec(text)?.[0] ?? text;

/** A beginning ends where a name does: `/srv/a` does not mean `/srv/ab`. */
function liesBelow(text: string, prefix: string): boolean {
  if (!text.startsWith(prefix)) return false;
  return text.length === prefix.length || /[/?#]/.test(text.charAt(prefix.length)) || /[/?#=&,;\s]$/.test(prefix);
}

/** One row for each plain argument, inner ones too; a list is one value. */
export function rowsOf(values: Readonly<Record<string, unknown>>, under = ''): MatchRow[] {
  const rows = Object.entries(values).flatMap(([name, value]): MatchRow[] => {
    const pointer = `${under}/${escaped(name)}`;
    if (isRecord(value) && Object.keys(value).length > 0) return rowsOf(value, pointer);
    const prefix = typeof value === 'string' ? parentOf(value) : '';
    return [{ pointer, value, rule: isPlain(value) ? 'equals' : 'any', prefix }];
  });
  return rows.slice(0, MAX_ROWS);
}

/** Expiry of a permission, in seconds; the first is offered. */
export const SCOPE_EXPIRIES = [
  { value: '3600', words: 'an hour' },
  { value: '86400', words: 'a day' },
  { value: '604800', words: 'a week' },
  { value: '2592000', words: '30 days' },
  { value: '', words: 'revoked' },
] as const;

export type ScopeRead = { ok: true; scope: DecisionScope } | { ok: false; why: string };

/** What the form means. */
export function readScope({ type, rows, uses, expiry }: ScopeDraft): ScopeRead {
  if (type === 'once') return { ok: true, scope: { type } };
  const limits = expiry === '' ? {} : { expires_in: Number(expiry) };
  if (uses !== '' && !/^[1-9]\d{0,5}$/.test(uses.trim())) {
    return { ok: false, why: 'The number of calls is a whole number from 1.' };
  }
  const counted = uses === '' ? limits : { ...limits, max_uses: Number(uses) };
  if (type !== 'matching') return { ok: true, scope: { type, ...counted } };
  const bound = rows.filter(({ rule }) => rule !== 'any');
  if (bound.length === 0) return { ok: false, why: 'Bind at least one argument, or choose a wider scope knowingly.' };
  if (bound.some(({ rule, prefix }) => rule === 'prefix' && prefix === '')) {
    return { ok: false, why: 'An empty beginning would let everything through.' };
  }
  const off = bound.find(({ rule, prefix, value }) => rule === 'prefix' && !liesBelow(String(value), prefix));
  if (off) {
    const begins = String(off.value).startsWith(off.prefix);
    const why = begins ? 'ends in the middle of a name: end it at a /, ? or #' : 'is not how this call begins';
    return { ok: false, why: `${off.pointer}: “${off.prefix}” ${why}.` };
  }
  if (bound.length > MAX_BOUND) return { ok: false, why: `At most ${MAX_BOUND} arguments can be bound.` };
  const match = Object.fromEntries(
    bound.map(({ pointer, rule, prefix, value }): [string, ArgumentRule] => [
      pointer,
      rule === 'prefix' ? { prefix } : { equals: value },
    ]),
  );
  return { ok: true, scope: { type, match, ...counted } };
}
