export type UpstreamErrorCode =
  | 'UPSTREAM_UNREACHABLE'
  | 'UPSTREAM_TLS'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_AUTH'
  | 'UPSTREAM_PROTOCOL'
  | 'UPSTREAM_BUSY'
  | 'UPSTREAM_REFUSED'
  | 'UPSTREAM_ERROR'
  | 'UPSTREAM_CANCELLED';

/** What a server wants of who signs in (RFC 9110, 11.6.1), as it said it. */
export interface Challenge {
  status: 401 | 403;
  wwwAuthenticate: string | undefined;
}

export interface UpstreamErrorFacts {
  /** False: the request certainly had no effect upstream. */
  requestSent: boolean;
  /** One thing to try. */
  fix?: string;
  /** For an engineer: an errno, an HTTP status and content type. */
  detail?: string;
  httpStatus?: number;
  /** The upstream's JSON-RPC error, for callers that relay it. */
  rpc?: { code: number; message: string; data?: unknown };
  /** Of a refusal to let in. Never for showing. */
  challenge?: Challenge;
  cause?: unknown;
}

/** What went wrong upstream, in words of ours; carries no header, credential or page of the upstream. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly requestSent: boolean;
  readonly fix: string | undefined;
  readonly detail: string | undefined;
  readonly httpStatus: number | undefined;
  readonly rpc: UpstreamErrorFacts['rpc'];
  readonly challenge: Challenge | undefined;

  constructor(
    readonly code: UpstreamErrorCode,
    message: string,
    facts: UpstreamErrorFacts,
  ) {
    super(message, 'cause' in facts ? { cause: facts.cause } : undefined);
    this.requestSent = facts.requestSent;
    this.fix = facts.fix;
    this.detail = facts.detail;
    this.httpStatus = facts.httpStatus;
    this.rpc = facts.rpc;
    this.challenge = facts.challenge;
  }
}
