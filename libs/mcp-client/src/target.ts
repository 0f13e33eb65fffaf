import type { ClientCapabilities } from '@modelcontextprotocol/client';
import type { Authorization } from './authorization.js';
import type { Launch } from './stdio/launch.js';

/** One upstream MCP server as one account sees it. */
export interface UpstreamTarget {
  /** Identity of server + credential + configuration version; sessions are shared within it and never across. */
  key: string;
  url: string;
  transport: 'auto' | 'streamable_http' | 'sse' | 'stdio';
  /** Of `stdio`, where nothing is sent to a URL. */
  launch?: Launch;
  /** Sent with every request: the API key or bearer token. */
  headers: Record<string, string>;
  /** Sent with every request as well, and no secret. */
  plainHeaders?: Record<string, string>;
  /** Signs in with what changes over time; its header goes before one of that name in `headers`. */
  authorize?: Authorization;
  /** Whether the server may ask for what a language model says. Default: no. */
  sampling?: boolean;
  /** Whether the server may ask for the folders of who calls. Default: no. */
  roots?: boolean;
  /** For opening a connection and for each call. */
  timeoutMs: number;
  verifyTls: boolean;
}

export interface ClientInfo {
  name: string;
  version: string;
}

export interface Protocol {
  /** Revision, for example `2026-07-28`. */
  version: string;
  /** `legacy` has a handshake and sessions; `modern` (2026-07-28 and later) has neither. */
  era: 'legacy' | 'modern';
  transport: 'streamable_http' | 'sse' | 'stdio';
  /** Revisions that a modern server says it also speaks. */
  offered: readonly string[];
}

const CAPABILITIES = Object.freeze({ elicitation: { form: {}, url: {} } });

/** What a server may ask of us. */
export const capabilitiesOf = ({ sampling, roots }: UpstreamTarget): ClientCapabilities =>
  sampling || roots
    ? { ...CAPABILITIES, ...(sampling && { sampling: { tools: {} } }), ...(roots && { roots: {} }) }
    : CAPABILITIES;
