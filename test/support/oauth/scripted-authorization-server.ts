import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenHere, stopListening } from '../listening.js';

/** How it behaves; tests change it at any time. */
export interface AuthorizationScript {
  /** Merged over its metadata; what is undefined there is left out. */
  metadata: Record<string, unknown>;
  /** The metadata is there, or somewhere else. */
  metadataRedirect: string | undefined;
  /** Of the answer at the way back; null: none. */
  iss: string | null;
  accessSeconds: number;
  /** Refresh tokens count once; who brings an old one has all of them taken away. */
  rotates: boolean;
  /** The error of the next requests for tokens. */
  tokenError: string | undefined;
  /** Held at the token endpoint until it resolves. */
  hold: Promise<void> | undefined;
  /** The person says no. */
  denies: boolean;
}

interface Grant {
  id: string;
  clientId: string;
  scopes: string[];
  resource: string;
}
interface Code extends Grant {
  challenge: string;
  redirectUri: string;
}

export interface SeenRequest {
  path: string;
  parameters: URLSearchParams;
  authorization: string | undefined;
}

/** An authorization server over real HTTP, whose every word is a script. */
export interface ScriptedAuthorizationServer {
  issuer: string;
  script: AuthorizationScript;
  seen: SeenRequest[];
  seenAt: (path: string) => SeenRequest[];
  /** What a protected server asks. */
  accepts: (token: string | undefined, resource: string, scope?: string) => 'yes' | 'no' | 'scope';
  /** Ends all access tokens, as if their time had come. */
  expireAll: () => void;
  /** Takes back whatever it gave. */
  revokeAll: () => void;
  /** All secrets it ever gave: none of them may be seen anywhere. */
  secrets: () => string[];
  close: () => Promise<void>;
}

export async function startAuthorizationServer(): Promise<ScriptedAuthorizationServer> {
  const state = new State();
  const http = createServer((request, response) => {
    state.answer(request, response).catch(() => response.destroy());
  });
  state.issuer = await listenHere(http);
  state.script.iss = state.issuer;
  return {
    issuer: state.issuer,
    script: state.script,
    seen: state.seen,
    seenAt: (path) => state.seen.filter((one) => one.path === path),
    accepts: (token, resource, scope) => state.accepts(token, resource, scope),
    expireAll: () => state.access.clear(),
    revokeAll: () => {
      state.access.clear();
      state.refresh.clear();
    },
    secrets: () => [...state.secrets],
    close: () => stopListening(http),
  };
}

class State {
  issuer = '';
  readonly seen: SeenRequest[] = [];
  readonly secrets: string[] = [];
  readonly clients = new Map<string, string>();
  readonly codes = new Map<string, Code>();
  readonly access = new Map<string, Grant & { endsAt: number }>();
  readonly refresh = new Map<string, Grant & { used: boolean }>();
  readonly script: AuthorizationScript = {
    metadata: {},
    metadataRedirect: undefined,
    iss: '',
    accessSeconds: 3_600,
    rotates: true,
    tokenError: undefined,
    hold: undefined,
    denies: false,
  };

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    const body = await readAll(request);
    const parameters = request.method === 'POST' ? new URLSearchParams(body) : url.searchParams;
    this.seen.push({ path: url.pathname, parameters, authorization: request.headers.authorization });
    if (url.pathname === '/.well-known/oauth-authorization-server') return this.tellMetadata(response);
    if (url.pathname === '/authorize') return this.authorize(url, response);
    if (url.pathname === '/register') return this.register(JSON.parse(body) as { redirect_uris: string[] }, response);
    if (url.pathname === '/token') return this.give(parameters, response);
    if (url.pathname === '/revoke') return this.revoke(parameters, response);
    return json(response, 404, {});
  }

  accepts(token: string | undefined, resource: string, scope?: string): 'yes' | 'no' | 'scope' {
    const found = this.access.get(token ?? '');
    if (!found || found.endsAt < Date.now() || found.resource !== resource) return 'no';
    return scope === undefined || found.scopes.includes(scope) ? 'yes' : 'scope';
  }

  private tellMetadata(response: ServerResponse): void {
    const { metadata, metadataRedirect } = this.script;
    if (metadataRedirect) return void response.writeHead(302, { location: metadataRedirect }).end();
    return json(response, 200, {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      registration_endpoint: `${this.issuer}/register`,
      revocation_endpoint: `${this.issuer}/revoke`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic'],
      authorization_response_iss_parameter_supported: true,
      ...metadata,
    });
  }

  private register({ redirect_uris }: { redirect_uris: string[] }, response: ServerResponse): void {
    const clientId = `client-${this.clients.size + 1}`;
    this.clients.set(clientId, redirect_uris[0] ?? '');
    json(response, 201, { client_id: clientId, redirect_uris, token_endpoint_auth_method: 'none' });
  }

  private authorize(url: URL, response: ServerResponse): void {
    const asked = (name: string) => url.searchParams.get(name) ?? '';
    const back = new URL(asked('redirect_uri'));
    back.searchParams.set('state', asked('state'));
    if (this.script.iss !== null) back.searchParams.set('iss', this.script.iss);
    if (this.script.denies) back.searchParams.set('error', 'access_denied');
    else {
      const code = this.secret('code');
      const scopes = asked('scope').split(' ').filter(Boolean);
      const grant = { id: code, clientId: asked('client_id'), scopes, resource: asked('resource') };
      this.codes.set(code, { ...grant, challenge: asked('code_challenge'), redirectUri: asked('redirect_uri') });
      back.searchParams.set('code', code);
    }
    response.writeHead(302, { location: back.href }).end();
  }

  private async give(parameters: URLSearchParams, response: ServerResponse): Promise<void> {
    const given = (name: string) => parameters.get(name) ?? '';
    await this.script.hold;
    if (this.script.tokenError) return json(response, 400, { error: this.script.tokenError });
    if (given('grant_type') === 'client_credentials') {
      const scopes = given('scope').split(' ').filter(Boolean);
      return this.giveTokens(
        response,
        { id: 'machine', clientId: 'machine', scopes, resource: given('resource') },
        false,
      );
    }
    const grant =
      given('grant_type') === 'refresh_token' ? this.useRefresh(given('refresh_token')) : this.useCode(given);
    return grant ? this.giveTokens(response, grant, true) : json(response, 400, { error: 'invalid_grant' });
  }

  private useCode(given: (name: string) => string): Grant | undefined {
    const code = this.codes.get(given('code'));
    this.codes.delete(given('code'));
    const challenge = createHash('sha256').update(given('code_verifier')).digest('base64url');
    const fits = code?.challenge === challenge && code.redirectUri === given('redirect_uri');
    return fits && code.resource === given('resource') ? code : undefined;
  }

  private useRefresh(token: string): Grant | undefined {
    const found = this.refresh.get(token);
    if (!found) return undefined;
    if (found.used) {
      // Somebody else has it: the whole family goes.
      for (const [key, one] of this.refresh) if (one.id === found.id) this.refresh.delete(key);
      for (const [key, one] of this.access) if (one.id === found.id) this.access.delete(key);
      return undefined;
    }
    found.used = this.script.rotates;
    return found;
  }

  private giveTokens(response: ServerResponse, grant: Grant, withRefresh: boolean): void {
    const { id, clientId, scopes, resource } = grant;
    const { accessSeconds, rotates } = this.script;
    const access = this.secret('access');
    this.access.set(access, { id, clientId, scopes, resource, endsAt: Date.now() + accessSeconds * 1_000 });
    const known = [...this.refresh].find(([, one]) => one.id === id && !one.used)?.[0];
    const refresh = rotates || !known ? this.secret('refresh') : known;
    if (withRefresh) this.refresh.set(refresh, { id, clientId, scopes, resource, used: false });
    json(response, 200, {
      access_token: access,
      token_type: 'Bearer',
      expires_in: accessSeconds,
      scope: scopes.join(' '),
      ...(withRefresh && { refresh_token: refresh }),
    });
  }

  private revoke(parameters: URLSearchParams, response: ServerResponse): void {
    const found = this.refresh.get(parameters.get('token') ?? '');
    for (const [key, one] of this.refresh) if (one.id === found?.id) this.refresh.delete(key);
    response.writeHead(200).end();
  }

  private secret(kind: string): string {
    const made = `${kind}-${randomBytes(16).toString('hex')}`;
    this.secrets.push(made);
    return made;
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
