import type { ServerResponse } from 'node:http';
import { http, type Fault } from './faults.js';

export interface RpcRequest {
  id?: number | string;
  method: string;
  params: Record<string, unknown>;
}

type Reply = { result: unknown } | { error: { code: number; message: string } };

/** Answers a request itself and gives nothing, or gives what to answer. */
export type Script = (
  request: RpcRequest,
  http: { headers: NodeJS.Dict<string | string[]>; body: string; response: ServerResponse },
) => Reply | undefined;

/** What a client says to a question of the server. */
type OnAnswer = (answer: { id: unknown; result?: unknown; error?: unknown }) => void;

/** A server of the 2025 era without sessions, whose answers a test writes. */
export function scripted(script: Script, onAnswer?: OnAnswer): Promise<Fault> {
  return serve((request, at) => {
    if (request.method === 'server/discover') return { error: { code: -32601, message: 'Method not found' } };
    if (request.method !== 'initialize') return script(request, at);
    const serverInfo = { name: 'scripted', version: '1' };
    return { result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo } };
  }, onAnswer);
}

/** The same in the 2026 era. */
export function scriptedModern(script: Script, capabilities: object = { tools: {} }): Promise<Fault> {
  return serve((request, at) => {
    if (request.method !== 'server/discover') return script(request, at);
    const supportedVersions = ['2026-07-28', '2025-11-25'];
    return {
      result: {
        resultType: 'complete',
        supportedVersions,
        capabilities,
        ttlMs: 0,
        cacheScope: 'private',
      },
    };
  });
}

function serve(script: Script, onAnswer?: OnAnswer): Promise<Fault> {
  return http((incoming, response) => {
    if (incoming.method !== 'POST') return void response.writeHead(405).end();
    let body = '';
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
    incoming.on('end', () => {
      const request = JSON.parse(body) as RpcRequest;
      if (!('method' in request)) onAnswer?.(request);
      if (request.id === undefined || !('method' in request)) return void response.writeHead(202).end();
      const reply = script(request, { headers: incoming.headers, body, response });
      if (!reply) return;
      response.writeHead('error' in reply && reply.error.code === -32020 ? 400 : 200, {
        'content-type': 'application/json',
      });
      response.end(JSON.stringify({ jsonrpc: '2.0', id: request.id, ...reply }));
    });
  });
}
