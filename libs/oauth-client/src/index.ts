export { askForChallenge } from './ask-challenge.js';
export {
  beginAuthorization,
  type AuthorizationWanted,
  type BegunAuthorization,
  readAuthorizationResponse,
} from './authorization.js';
export type { ServerMetadata } from './authorization-server.js';
export type { GuardedFetch, OAuthHttp } from './bounded-fetch.js';
export { type Challenge, parseChallenge } from './challenge.js';
export { clientDocument, type GivenClient, obtainClient, type OAuthClient, type OurClient } from './client.js';
export { findPrivateKeyProblem } from './client-authentication.js';
export { discover, type Discovery } from './discovery.js';
export { OAUTH_ERROR_CODES, OAuthClientError, type OAuthErrorCode } from './oauth-error.js';
export { chooseScopes, missingScopes, readScopes, unite } from './scopes.js';
export { exchangeCode, refresh, requestAsClient, revoke, type Tokens } from './tokens.js';
