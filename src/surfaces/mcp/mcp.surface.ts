import { API_KEY_PREFIX } from '../../core/identity/api-key-text.js';
import type { Credential } from '../../core/identity/credential.js';
import type { AppError } from '../../platform/errors/app-error.js';
import { readBearerOrApiKey } from '../pipeline/authorization.js';
import { detailsOf, errorHeaders, JSON_MEDIA_TYPE, toSnakeCase } from '../pipeline/error-parts.js';
import { STATUS } from '../pipeline/http-status.js';
import type { ErrorAnswer, RequestHead, Surface } from '../pipeline/surface.js';

/** Of those that JSON-RPC leaves to servers. */
const REFUSED = -32_000;

/** The gateway: MCP over Streamable HTTP; errors are JSON-RPC's. */
export const mcpSurface: Surface = {
  name: 'mcp',
  prefixes: ['/mcp'],
  errorMediaType: JSON_MEDIA_TYPE,
  headers: { 'cache-control': 'no-store' },
  callers: 'programs',
  answers: 'data',
  requestsLogged: 'in detail',
  // Whoever calls is counted by their credential; who shows none that counts, by their address (see McpRoute).
  limitOf: () => 'none',
  readCredential: readMcpCredential,
  writeError: toRpcError,
};

/** A token that is no key was issued for one address: the one that is asked for here. */
function readMcpCredential(head: RequestHead): Credential | undefined {
  const credential = readBearerOrApiKey(head);
  if (credential?.scheme !== 'bearer' || credential.token.startsWith(API_KEY_PREFIX)) return credential;
  return { scheme: 'resource_token', token: credential.token, resource: head.path };
}

interface RpcAnswer extends ErrorAnswer {
  body: { jsonrpc: '2.0'; id: null; error: { code: number; message: string; data: object } };
}

export function toRpcError(error: AppError, { requestId }: { requestId: string }): RpcAnswer {
  const { code, kind, message, retryAfterSeconds } = error;
  const data = {
    ...(toSnakeCase(detailsOf(error)) as object),
    code,
    request_id: requestId,
    ...(retryAfterSeconds !== undefined && { retry_after: retryAfterSeconds }),
  };
  return {
    status: STATUS[kind],
    headers: errorHeaders(error, { mediaType: JSON_MEDIA_TYPE, challenge: 'Bearer' }),
    body: { jsonrpc: '2.0', id: null, error: { code: REFUSED, message, data } },
  };
}
