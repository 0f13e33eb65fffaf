import { metaOf, type Envelope, type RequestMeta } from './meta.js';
import type { RawResult } from './raw-result.js';

interface Parts {
  params: RawResult;
  paramsText?: string | undefined;
  input?: RawResult | undefined;
  meta?: RequestMeta | undefined;
}

/** The parameters as they are sent. */
export function paramsOf({ params, input, meta = {} }: Parts, envelope: Envelope | undefined): RawResult {
  const _meta = metaOf(meta, envelope);
  if (!input && !_meta) return params;
  return { ...params, ...input, ...(_meta && { _meta: { ...(params._meta as RawResult | undefined), ..._meta } }) };
}

const EMPTY = /^\{[ \t\n\r]*\}$/;

/** The same as JSON: what is at hand as text is not written anew, but put behind what is added. */
export function paramsTextOf(parts: Parts, envelope: Envelope | undefined): string {
  const { params, paramsText, input, meta = {} } = parts;
  // Two members of one name would be two answers to one question.
  const fits = paramsText?.startsWith('{') && params._meta === undefined && !(input && overlaps(params, input));
  if (paramsText === undefined || !fits) return JSON.stringify(paramsOf(parts, envelope));
  const _meta = metaOf(meta, envelope);
  if (!input && !_meta) return paramsText;
  const added = JSON.stringify({ ...input, ...(_meta && { _meta }) });
  return EMPTY.test(paramsText) ? added : `${added.slice(0, -1)},${paramsText.slice(1)}`;
}

const overlaps = (params: RawResult, input: RawResult): boolean => Object.keys(input).some((name) => name in params);
