import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { Provider } from 'oidc-provider';
import { ClientGrantsService } from '../../../core/identity/client-grants.service.js';
import { AuthorizationRecords } from '../../../core/oauth/authorization-records.js';
import { ClientDocuments } from '../../../core/oauth/client-documents.js';
import { ClientsService, hashOfSecret } from '../../../core/oauth/clients.service.js';
import { ResourceTokenReader } from '../../../core/oauth/resource-token-reader.js';
import { RESOURCE_SCOPES, Resources } from '../../../core/oauth/resources.js';
import type { SigningKey } from '../../../core/oauth/signing-key.js';
import { SigningKeys } from '../../../core/oauth/signing-keys.service.js';
import { Clock } from '../../../platform/clock.js';
import type { Config } from '../../../platform/config/config.js';
import { Keyring } from '../../../platform/crypto/keyring.js';
import { Logger } from '../../../platform/logging/logger.js';
import { CONFIG } from '../../../platform/tokens.js';
import { providerSettings, SESSION_COOKIE } from './provider-settings.js';
import { revokeAccessTokens } from './revoked-access-tokens.js';

interface Built {
  provider: Provider;
  of: string;
}

/** The protocol's library, set up anew whenever the keys of the instance are others. */
@Injectable()
export class AuthorizationServer {
  private built: Built | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly records: AuthorizationRecords,
    private readonly clients: ClientsService,
    private readonly grants: ClientGrantsService,
    private readonly resources: Resources,
    private readonly documents: ClientDocuments,
    private readonly signingKeys: SigningKeys,
    private readonly tokens: ResourceTokenReader,
    private readonly keyring: Keyring,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** What answers a request of the protocol. @param url as the library knows it: below the issuer */
  async prepare(url: string): Promise<(request: IncomingMessage, response: ServerResponse) => Promise<void>> {
    const provider = await this.provider();
    return async (request, response) => {
      const asked = request as IncomingMessage & { originalUrl?: string };
      // From the two it works out where it is mounted.
      asked.originalUrl = `/oauth${url}`;
      request.url = url;
      this.nameOrigin(request);
      await provider.callback()(request, response);
    };
  }

  async provider(): Promise<Provider> {
    const signing = await this.signingKeys.live();
    // A cookie lasts as long as a request does, so the one before still counts.
    const cookies = this.keyring
      .live('refresh-tokens')
      .map((key) => this.keyring.sign('refresh-tokens', 'cookies', key));
    const of = createHash('sha256')
      .update([this.resources.issuer, ...signing.map(({ kid }) => kid), ...cookies].join('\n'))
      .digest('base64url');
    if (this.built?.of !== of) this.built = { provider: this.build(signing, cookies), of };
    return this.built.provider;
  }

  /** What it tells of addresses it has from these: so they are ours, whatever the request or a proxy says. */
  private nameOrigin({ headers }: IncomingMessage): void {
    const { host, protocol } = new URL(this.resources.issuer);
    headers.host = host;
    headers['x-forwarded-proto'] = protocol.slice(0, -1);
    delete headers['x-forwarded-host'];
  }

  private build(signing: readonly SigningKey[], cookies: readonly string[]): Provider {
    const { records, clients, grants, resources, documents, signingKeys, clock } = this;
    const accessSeconds = this.config.tokens.accessSeconds;
    const takesDocuments = this.config.oauth.clientDocuments;
    const parts = { records, clients, grants, resources, documents, signingKeys, clock, accessSeconds, takesDocuments };
    const provider = new Provider(resources.issuer, providerSettings(parts, { signing, cookies }));
    // It believes headers about where it is, which are set above; nothing of it looks at who asks.
    provider.proxy = true;
    provider.silent = true;
    provider.on('server_error', (_ctx, error: Error) => this.logger.error({ err: error }, 'authorization failed'));
    provider.use(async (ctx, next) => {
      if (ANSWERED_OTHERWISE.has(ctx.query.response_mode)) ctx.query = { ...ctx.query, response_mode: 'unknown' };
      await next();
      if (isMetadata(ctx.body)) Object.assign(ctx.body, METADATA);
      dropCookie(ctx.res, SESSION_COOKIE);
    });
    revokeAccessTokens(provider, { tokens: this.tokens, grants });
    compareHashes(provider);
    chainRefreshTokens(provider, this.keyring);
    return provider;
  }
}

/** What the library knows and answers, refusals too, by a fragment, or by a page with a script, which no page here runs. */
const ANSWERED_OTHERWISE: ReadonlySet<unknown> = new Set(['form_post', 'fragment']);

/** Where the library names more than is given here. */
const METADATA = {
  response_modes_supported: ['query'],
  scopes_supported: [...RESOURCE_SCOPES, 'offline_access'],
};
const isMetadata = (body: unknown): body is object =>
  typeof body === 'object' && body !== null && 'scopes_supported' in body;

/** What is kept of a client's secret is its hash. */
function compareHashes(provider: Provider): void {
  const client = provider.Client.prototype as unknown as {
    compareClientSecret(actual: string): boolean;
    clientSecret?: string;
  };
  client.compareClientSecret = function (actual) {
    const [kept, given] = [this.clientSecret ?? '', hashOfSecret(actual)].map((text) => Buffer.from(text));
    return kept !== undefined && given !== undefined && kept.length === given.length && timingSafeEqual(kept, given);
  };
}

/** A refresh token has one successor, worked out from it: whoever asks twice at once gets the same one. */
function chainRefreshTokens(provider: Provider, keyring: Keyring): void {
  const model = provider.RefreshToken.prototype as unknown as { generateTokenId(): string };
  const random = model.generateTokenId;
  model.generateTokenId = function () {
    const before = Provider.ctx?.oidc.entities.RotatedRefreshToken?.jti;
    if (before === undefined) return random.call(this);
    return createHmac('sha256', keyring.key('refresh-tokens')).update(`oauth ${before}`).digest('base64url');
  };
}

function dropCookie(response: ServerResponse, name: string): void {
  const cookies = [response.getHeader('set-cookie') ?? []].flat().map(String);
  const kept = cookies.filter((cookie) => !cookie.startsWith(`${name}=`) && !cookie.startsWith(`${name}.sig=`));
  if (kept.length === cookies.length) return;
  if (kept.length > 0) response.setHeader('set-cookie', kept);
  else response.removeHeader('set-cookie');
}
