import { Injectable } from '@nestjs/common';
import type { Principal } from '../identity/principal.js';
import { type CredentialsInput, readCredentials } from './credentials.js';
import { type ConnectionReport, failureOf } from './observation.js';
import { connectionFailed } from './registry.errors.js';
import type { AuthMethod } from './server.js';
import { toHeaders } from './server-credentials.js';
import { type Place, UpstreamsService } from './upstreams.service.js';

export interface ConnectionToTest extends Place {
  authMethod: AuthMethod;
  credentials?: CredentialsInput | undefined;
}

/** Tries a connection that is not registered; nothing of it is kept. */
@Injectable()
export class ConnectionTestsService {
  constructor(private readonly upstreams: UpstreamsService) {}

  /** @throws AppError CONNECTION_FAILED with the checks in `details`, or CREDENTIALS_REQUIRED */
  async test(
    _principal: Principal,
    input: ConnectionToTest,
    { signal }: { signal: AbortSignal },
  ): Promise<ConnectionReport> {
    const headers = toHeaders(readCredentials(input.authMethod, input.credentials));
    const report = await this.upstreams.probePlace(input, headers, { signal });
    if (!report.ok) throw connectionFailed(failureOf(report), report.checks);
    return report;
  }
}
