import type { RequestFilter } from '../api/log-types.js';

export interface LogSearch extends RequestFilter {
  /** The row that is looked at. */
  open?: string;
}

const NAMES = ['server_id', 'tool', 'status', 'door', 'actor', 'from', 'to', 'q', 'open'] as const;

/** What of the address this page understands; numbers in it were typed as text. */
export function readLogSearch(search: Record<string, unknown>): LogSearch {
  const given = NAMES.flatMap((name) => {
    const value = search[name];
    return (typeof value === 'string' || typeof value === 'number') && value !== '' ? [[name, String(value)]] : [];
  });
  return Object.fromEntries(given) as LogSearch;
}

export const filterOf = ({ open: _open, ...filter }: LogSearch): RequestFilter => filter;

export const isFiltered = (search: LogSearch): boolean => Object.keys(filterOf(search)).length > 0;

/** `error`: all that were answered with 400 or more. */
export const STATUSES = [
  'error',
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'lost',
  'not_sent',
  'refused',
  'approval_required',
] as const;

const STATUS_WORDS: Record<string, string> = { error: 'any error', lost: 'outcome unknown' };

export const statusWords = (status: string): string => STATUS_WORDS[status] ?? status.replaceAll('_', ' ');

export const DOOR_WORDS: Record<string, string> = { session: 'chat', rest: 'REST', gateway: 'gateway' };

/** ISO time for a field of the browser, local, to the minute; and back. */
export function toLocalField(iso: string | undefined): string {
  if (iso === undefined) return '';
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function fromLocalField(text: string): string | undefined {
  const date = new Date(text);
  return text === '' || Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
