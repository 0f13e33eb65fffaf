/** JSON-RPC's own codes, those of the protocol, and two that its older revisions left to servers. */
export const CODES = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedVersion: -32022,
  badSession: -32000,
  noSuchSession: -32001,
} as const;

/** A refusal in the words of the protocol. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';

  constructor(
    readonly code: number,
    message: string,
    /** Of HTTP where the usual ones do not do; `headers`: names and values by turns. */
    readonly facts: { status?: number; headers?: readonly string[]; data?: unknown } = {},
  ) {
    super(message);
  }
}
