import { clientDocument, type OurClient } from '@app/oauth-client';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import type { AppError } from '../../platform/errors/app-error.js';
import type { ServerId } from '../../platform/ids.js';
import { CONFIG, ORIGIN, type Origin } from '../../platform/tokens.js';
import { type SignInPlace, signInPath } from './account.js';
import { signInNeeded } from './upstream-accounts.errors.js';

export const CALLBACK_PATH = '/api/v1/oauth/callback';
export const DOCUMENT_PATH = '/api/v1/oauth/client.json';

/** Who we say we are at authorization servers. */
@Injectable()
export class OurClientId {
  constructor(
    @Inject(ORIGIN) private readonly origin: Origin,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  describe(): OurClient {
    const { url } = this.origin;
    return {
      name: 'Switchyard',
      uri: url,
      redirectUri: `${url}${CALLBACK_PATH}`,
      documentUrl: this.hasDocument ? `${url}${DOCUMENT_PATH}` : undefined,
    };
  }

  /** What is at `documentUrl`; the same everywhere, but of use where it can be read from outside. */
  document(): ReturnType<typeof clientDocument> {
    return clientDocument({ ...this.describe(), documentUrl: `${this.origin.url}${DOCUMENT_PATH}` });
  }

  /** Where somebody signs in to a server. */
  private pageOf(serverId: ServerId): string {
    return `${this.origin.url}${signInPath(serverId)}`;
  }

  /** What whoever asks without a sign-in is told. */
  signInNeeded({ serverId, name }: Pick<SignInPlace, 'serverId' | 'name'>, reason: string): AppError {
    return signInNeeded({ serverId, serverName: name, url: this.pageOf(serverId), reason });
  }

  /** The specification takes https only. */
  private get hasDocument(): boolean {
    return this.config.http.publicUrl?.startsWith('https://') ?? false;
  }
}
