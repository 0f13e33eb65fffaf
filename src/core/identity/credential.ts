/** What a caller shows to prove who they are, as the door found it. */
export type Credential =
  /** `Authorization: Bearer`: an access token or an API key. */
  | { scheme: 'bearer'; token: string }
  /** `Authorization: ApiKey`. */
  | { scheme: 'api_key'; key: string }
  /** `X-API-KEY` and `X-API-SECRET`: the id and the secret of one key. */
  | { scheme: 'key_pair'; keyId: string; secret: string }
  /** The session cookie. */
  | { scheme: 'cookie'; token: string }
  /** `Authorization: Bearer` at a resource: an access token of our own authorization server, good for that address alone. */
  | { scheme: 'resource_token'; token: string; resource: string };
