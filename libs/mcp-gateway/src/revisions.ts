import type { JsonObject } from './json/json.js';

/** With a session and a handshake; the newest first. */
export const LEGACY_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
/** Each request stands alone. */
export const MODERN_VERSIONS = ['2026-07-28'] as const;
export const SUPPORTED_VERSIONS: readonly string[] = [...MODERN_VERSIONS, ...LEGACY_VERSIONS];

const legacy = new Set<unknown>(LEGACY_VERSIONS);
const modern = new Set<unknown>(MODERN_VERSIONS);

export const isLegacyVersion = (version: unknown): boolean => legacy.has(version);
export const isModernVersion = (version: unknown): boolean => modern.has(version);

/** What a handshake is answered with: what was asked for, else the newest that we know. */
export const agreeOn = (asked: string): string => (isLegacyVersion(asked) ? asked : LEGACY_VERSIONS[0]);

/** Streams open with an event of their own, by which a client can come back before anything was said (SEP-1699). */
export const primesStreams = (version: string): boolean => version === '2025-11-25';
export const allowsBatches = (version: string): boolean => version === '2025-03-26';

export const META = {
  version: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscription: 'io.modelcontextprotocol/subscriptionId',
} as const;

export const LOG_LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

const rank = new Map<unknown, number>(LOG_LEVELS.map((level, at) => [level, at]));

export const isLogLevel = (level: unknown): level is string => rank.has(level);

/** Whether a message of `level` is heard by who listens from `from` on; an odd level is not held back. */
export const isLoudEnough = (level: unknown, from: string): boolean =>
  (rank.get(level) ?? LOG_LEVELS.length) >= (rank.get(from) ?? 0);

/** `capabilities` has something at that path. */
export function offers(capabilities: JsonObject, path: readonly string[]): boolean {
  let node: unknown = capabilities;
  for (const key of path) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return false;
    node = (node as JsonObject)[key];
  }
  return node !== undefined && node !== null && node !== false;
}
