import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  LOG_LEVEL_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  TRACEPARENT_META_KEY,
} from '@modelcontextprotocol/client';
import type { RawResult } from './raw-result.js';
import type { ClientInfo, Protocol } from './target.js';

/** What a request says of itself beside its parameters. */
export interface RequestMeta {
  progressToken?: string | undefined;
  traceparent?: string | undefined;
  logLevel?: string | undefined;
  /** Of this request, instead of those of the connection. */
  capabilities?: RawResult | undefined;
  /** Passed on from somebody else. */
  more?: RawResult | undefined;
}

/** What each request of the modern era says, since there was no handshake. */
export interface Envelope {
  readonly fields: RawResult;
  readonly capabilities: RawResult;
}

export const envelopeOf = (client: ClientInfo, protocol: Protocol, capabilities: RawResult): Envelope | undefined =>
  protocol.era === 'legacy'
    ? undefined
    : { fields: { [PROTOCOL_VERSION_META_KEY]: protocol.version, [CLIENT_INFO_META_KEY]: client }, capabilities };

/** `_meta`, where there is something to say. */
export function metaOf(
  { progressToken, traceparent, logLevel, capabilities, more }: RequestMeta,
  envelope: Envelope | undefined,
): RawResult | undefined {
  if (!envelope && progressToken === undefined && traceparent === undefined && !more) return undefined;
  return {
    ...more,
    ...(envelope && {
      ...envelope.fields,
      [CLIENT_CAPABILITIES_META_KEY]: capabilities ?? envelope.capabilities,
      [LOG_LEVEL_META_KEY]: logLevel,
    }),
    ...(traceparent !== undefined && { [TRACEPARENT_META_KEY]: traceparent }),
    // Of this hop: one that was passed on would be of another.
    progressToken,
  };
}
