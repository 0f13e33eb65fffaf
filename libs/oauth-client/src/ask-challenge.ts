import { boundedFetch, type OAuthHttp } from './bounded-fetch.js';
import { type Challenge, parseChallenge } from './challenge.js';

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'switchyard', version: '0' },
  },
};
const LIST = { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} };
const MAYBE_A_STREAM = new Set([404, 405, 406]);

/**
 * Knocks without a token, so that the server says how to get in. Some shake hands with anybody and ask for a token later.
 * @param headers that every request to the server carries, and no credential
 * @returns an empty challenge of a 401 that says nothing; undefined where nothing was asked for
 */
export async function askForChallenge(
  http: OAuthHttp,
  serverUrl: string,
  headers: Record<string, string>,
): Promise<Challenge | undefined> {
  const greeted = await post(http, serverUrl, headers, INITIALIZE);
  if (greeted.status === 401) return challengeOf(greeted);
  if (MAYBE_A_STREAM.has(greeted.status)) {
    const opened = await knock(http, serverUrl, { headers: { ...headers, accept: 'text/event-stream' } });
    if (opened?.status === 401) return challengeOf(opened);
  }
  const session = greeted.headers.get('mcp-session-id');
  const asSession: Record<string, string> = session ? { ...headers, 'mcp-session-id': session } : headers;
  const listed = await post(http, serverUrl, asSession, LIST);
  if (session) await knock(http, serverUrl, { method: 'DELETE', headers: asSession });
  return listed.status === 401 ? challengeOf(listed) : undefined;
}

function post(http: OAuthHttp, url: string, headers: Record<string, string>, body: object): Promise<Response> {
  const own = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
  return headOf(http, url, { method: 'POST', headers: { ...headers, ...own }, body: JSON.stringify(body) });
}

/** What comes of it is told only by its absence. */
const knock = (http: OAuthHttp, url: string, init: RequestInit): Promise<Response | undefined> =>
  headOf(http, url, init).catch(() => undefined);

/** A stream that an answer opens is not read. */
const headOf = (http: OAuthHttp, url: string, init: RequestInit): Promise<Response> =>
  boundedFetch({ ...http, fetch: async (...asked) => withoutBody(await http.fetch(...asked)) }, url, {
    ...init,
    redirect: 'manual',
  });

async function withoutBody(answer: Response): Promise<Response> {
  await answer.body?.cancel();
  return new Response(null, { status: answer.status, headers: answer.headers });
}

const challengeOf = (answer: Response): Challenge => parseChallenge(answer.headers.get('www-authenticate')) ?? {};
