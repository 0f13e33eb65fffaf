import { boundedFetch, type OAuthHttp } from './bounded-fetch.js';

/** `missing`: not there. `odd`: something else is, or it is in trouble. */
export type Found = { document: Record<string, unknown> } | { document?: undefined; why: 'missing' | 'odd' };

/** @throws as `boundedFetch` */
export async function findJsonDocument(http: OAuthHttp, url: string): Promise<Found> {
  const headers = { accept: 'application/json', 'mcp-protocol-version': '2025-11-25' };
  const answer = await boundedFetch(http, url, { headers });
  if (answer.status !== 200) return { why: answer.status >= 500 ? 'odd' : 'missing' };
  const document = parse(await answer.text());
  // Some servers answer every path with the page of an application.
  return document ? { document } : { why: 'missing' };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

export const textsIn = (value: unknown): string[] | undefined =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string').slice(0, 200) : undefined;
