import { randomUUID } from 'node:crypto';
import type { ServerDescription } from '../backend.js';
import { isObject, type JsonObject } from '../json/json.js';
import type { SessionRecord } from '../ports.js';
import { CODES, ProtocolError } from '../protocol-error.js';
import { agreeOn } from '../revisions.js';

/** A session as the client's handshake opens it. @throws ProtocolError */
export function openSession(params: JsonObject, key: string, now: number): SessionRecord {
  const { protocolVersion, clientInfo, capabilities = {} } = params;
  if (typeof protocolVersion !== 'string') throw invalid('protocolVersion has to be a string.');
  if (!isObject(capabilities)) throw invalid('capabilities has to be an object.');
  if (clientInfo !== undefined && !isObject(clientInfo)) throw invalid('clientInfo has to be an object.');
  return {
    id: randomUUID(),
    key,
    version: agreeOn(protocolVersion),
    clientInfo,
    clientCapabilities: capabilities,
    logLevel: undefined,
    resources: [],
    createdAt: now,
    lastUsedAt: now,
  };
}

export const initializeResult = (
  { version }: SessionRecord,
  { info, capabilities, instructions }: ServerDescription,
): JsonObject => ({ protocolVersion: version, capabilities, serverInfo: info, instructions });

const invalid = (message: string): ProtocolError => new ProtocolError(CODES.invalidParams, message);
