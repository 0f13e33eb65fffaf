export const OAUTH_ERROR_CODES = [
  /** It publishes nothing by which one could sign in. */
  'OAUTH_NOT_OFFERED',
  /** A document or an address of it breaks a rule that protects those who sign in. */
  'OAUTH_METADATA_UNSAFE',
  /** The authorization server knows nobody of us, and registers nobody. */
  'OAUTH_CLIENT_NEEDED',
  'OAUTH_REGISTRATION_FAILED',
  /** What came back with the browser is not the answer to what was asked. */
  'OAUTH_RESPONSE_UNSAFE',
  /** The person, or the authorization server, said no. */
  'OAUTH_DENIED',
  /** A code or refresh token that counts no more: only signing in again helps. */
  'OAUTH_GRANT_INVALID',
  /** The client is not known there any more, or its secret is wrong. */
  'OAUTH_CLIENT_REFUSED',
  'OAUTH_TOKEN_REFUSED',
  'OAUTH_UNREACHABLE',
] as const;
export type OAuthErrorCode = (typeof OAUTH_ERROR_CODES)[number];

interface OAuthErrorFacts extends ErrorOptions {
  /** One thing to try. */
  fix: string;
  /** For an engineer: an error code of OAuth, an HTTP status. Never a token, a code or a secret. */
  detail?: string;
}

/** Why somebody could not be signed in, in words of ours. */
export class OAuthClientError extends Error {
  override readonly name = 'OAuthClientError';
  readonly fix: string;
  readonly detail: string | undefined;

  constructor(
    readonly code: OAuthErrorCode,
    message: string,
    { fix, detail, ...options }: OAuthErrorFacts,
  ) {
    super(message, options);
    this.fix = fix;
    this.detail = detail;
  }
}
