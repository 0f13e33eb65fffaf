import type { IncomingHttpHeaders } from 'node:http';
import { headerOf } from '../http/request-head.js';
import { isObject, type JsonObject } from '../json/json.js';
import type { Message, RequestMessage } from '../json/message.js';
import { CODES, ProtocolError } from '../protocol-error.js';
import { isLegacyVersion, isLogLevel, isModernVersion, META, SUPPORTED_VERSIONS } from '../revisions.js';

/** What each request of the modern era says of itself. */
export interface Envelope {
  version: string;
  meta: JsonObject;
  clientInfo: JsonObject | undefined;
  clientCapabilities: JsonObject;
  logLevel: string | undefined;
}

/** Whether a message is to be taken as one of the modern era: by what it says, else by its header. */
export function isModern(headers: IncomingHttpHeaders, message: Message): boolean {
  const header = headerOf(headers, 'mcp-protocol-version');
  const isModernHeader = header !== undefined && !isLegacyVersion(header);
  if (message.kind === 'response') return isModernHeader;
  const meta = message.params._meta;
  const claimed = isObject(meta) ? meta[META.version] : undefined;
  // A handshake is one of the legacy era, whatever the client hopes for; but not within a modern envelope.
  if (message.method === 'initialize') return isModernVersion(claimed);
  return claimed === undefined ? isModernHeader : !isLegacyVersion(claimed);
}

/** @throws ProtocolError */
export function readEnvelope({ params }: RequestMessage): Envelope {
  const meta = params._meta;
  if (!isObject(meta)) throw incomplete('_meta', 'is missing');
  const { [META.version]: version, [META.clientInfo]: clientInfo, [META.clientCapabilities]: capabilities } = meta;
  if (typeof version !== 'string') throw incomplete(META.version, 'has to be a string');
  if (!isObject(capabilities)) throw incomplete(META.clientCapabilities, 'has to be an object');
  if (clientInfo !== undefined && !isObject(clientInfo)) throw incomplete(META.clientInfo, 'has to be an object');
  const logLevel = meta[META.logLevel];
  if (logLevel !== undefined && !isLogLevel(logLevel)) throw incomplete(META.logLevel, 'is no level');
  return { version, meta, clientInfo, clientCapabilities: capabilities, logLevel };
}

/** @throws ProtocolError */
export function checkVersion(version: string): void {
  if (isModernVersion(version)) return;
  throw new ProtocolError(CODES.unsupportedVersion, 'Unsupported protocol version', {
    status: 400,
    data: { supported: SUPPORTED_VERSIONS, requested: version.slice(0, 100) },
  });
}

const incomplete = (key: string, problem: string): ProtocolError =>
  new ProtocolError(CODES.invalidParams, `Invalid params: ${key} ${problem}`, { status: 400 });
