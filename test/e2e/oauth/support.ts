import { createHash, randomBytes } from 'node:crypto';
import { IdentityService } from '../../../src/core/identity/identity.service.js';
import type { Principal } from '../../../src/core/identity/principal.js';
import type { Person, TestApp } from '../../support/app.js';
import { type Decision, OAuthBrowser } from '../../support/oauth-browser.js';

export const CALLBACK = 'http://127.0.0.1:3999/callback';

export interface TokenAnswer {
  access_token: string;
  refresh_token: string;
  token_type: string;
  expires_in: number;
  scope: string;
  error?: string;
}

export interface Pkce {
  verifier: string;
  challenge: string;
}

export function newPkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** A client that knows the protocol by heart, for what a polite one never does. */
export class RawClient {
  constructor(
    readonly app: TestApp,
    readonly id: string,
    readonly redirectUri = CALLBACK,
  ) {}

  static async register(app: TestApp, metadata: Record<string, unknown> = {}): Promise<RawClient> {
    const answer = await register(app, metadata);
    if (answer.status !== 201) throw new Error(`Not registered: ${answer.text}`);
    const { client_id: id, redirect_uris: uris } = answer.body as { client_id: string; redirect_uris: string[] };
    return new RawClient(app, id, uris[0]);
  }

  get resource(): string {
    return `${issuerOf(this.app).slice(0, -'/oauth'.length)}/mcp`;
  }

  /** Those of a right request, but for what is changed; undefined leaves one out. */
  authorizeUrl(pkce: Pkce, changed: Record<string, string | undefined> = {}): string {
    const fields: Record<string, string | undefined> = {
      client_id: this.id,
      response_type: 'code',
      redirect_uri: this.redirectUri,
      state: 'a-state',
      code_challenge: pkce.challenge,
      code_challenge_method: 'S256',
      resource: this.resource,
      ...changed,
    };
    const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
    return `${this.app.url}/oauth/authorize?${new URLSearchParams(given).toString()}`;
  }

  token(fields: Record<string, string>) {
    return postForm<TokenAnswer>(this.app, '/oauth/token', { client_id: this.id, ...fields });
  }

  exchange(code: string, { verifier }: Pkce, more: Record<string, string> = {}) {
    const grant = { grant_type: 'authorization_code', code, code_verifier: verifier };
    return this.token({ ...grant, redirect_uri: this.redirectUri, ...more });
  }

  refresh(refreshToken: string, more: Record<string, string> = {}) {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...more });
  }

  /** The code that a person's consent brings. */
  async askFor(person: Person, pkce: Pkce, changed = {}, decision: Decision = {}): Promise<URL> {
    return browserOf(this.app, person).authorize(this.authorizeUrl(pkce, changed), decision);
  }

  async connect(person: Person, changed: Record<string, string> = {}): Promise<TokenAnswer> {
    const pkce = newPkce();
    const end = await this.askFor(person, pkce, changed);
    const { resource } = changed;
    const answer = await this.exchange(
      end.searchParams.get('code') ?? '',
      pkce,
      resource === undefined ? {} : { resource },
    );
    if (answer.status !== 200) throw new Error(`No token: ${answer.text}`);
    return answer.body;
  }
}

export const browserOf = (app: TestApp, person: Person) => new OAuthBrowser(app.url, person.token);

export const issuerOf = (app: TestApp) => `${app.url.replace('127.0.0.1', 'localhost')}/oauth`;

export const register = (app: TestApp, metadata: Record<string, unknown> = {}) =>
  app.api('POST', '/oauth/register', {
    body: {
      client_name: 'A client',
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
      ...metadata,
    },
  });

export const postForm = <Body>(app: TestApp, path: string, fields: Record<string, string>, headers = {}) =>
  app.api<Body>('POST', path, {
    body: String(new URLSearchParams(fields)),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });

/** As the gateway asks it. */
export const authenticate = async (app: TestApp, token: string, resource: string): Promise<Principal> =>
  app.get(IdentityService).authenticate({ scheme: 'resource_token', token, resource }, { ip: '127.0.0.1' });
