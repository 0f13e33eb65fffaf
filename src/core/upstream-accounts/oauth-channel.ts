import { createEgressGuard, type EgressGuard } from '@app/egress';
import type { OAuthHttp } from '@app/oauth-client';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/tokens.js';
import type { SignInPlace } from './account.js';

/** The one way to authorization servers, and to what servers publish about them: behind the guard, as everything is. */
@Injectable()
export class OAuthChannel implements OnApplicationShutdown {
  private readonly guard: EgressGuard;

  constructor(@Inject(CONFIG) { egress }: Config) {
    this.guard = createEgressGuard(egress);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.guard.close();
  }

  /** What is said of the certificate of the server goes for the server alone. */
  of({ url, sslVerify }: Pick<SignInPlace, 'url' | 'sslVerify'>, signal?: AbortSignal): OAuthHttp {
    const { origin } = new URL(url);
    return {
      fetch: (asked, init) =>
        this.guard.fetch(asked, { ...init, verifyTls: sslVerify || new URL(asked).origin !== origin }),
      ...(signal && { signal }),
    };
  }
}
