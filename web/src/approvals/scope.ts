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
const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** One row for each plain argument, inner ones too; a list is one value. */
export function rowsOf(values: Readonly<Record<string, unknown>>, under = ''): MatchRow[] {
  const rows = Object.entries(values).flatMap(([name, value]): MatchRow[] => {
    const pointer = `${under}/${escaped(name)}`;
    if (isRecord(value) && Object.keys(value).length > 0) return rowsOf(value, pointer);
    return [{ pointer, value, rule: 'equals', prefix: typeof value === 'string' ? value : '' }];
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
  const off = bound.find(({ rule, prefix, value }) => rule === 'prefix' && !String(value).startsWith(prefix));
  if (off) return { ok: false, why: `${off.pointer}: this call does not begin with “${off.prefix}”.` };
  const match = Object.fromEntries(
    bound.map(({ pointer, rule, prefix, value }): [string, ArgumentRule] => [
      pointer,
      rule === 'prefix' ? { prefix } : { equals: value },
    ]),
  );
  return { ok: true, scope: { type, match, ...counted } };
}
