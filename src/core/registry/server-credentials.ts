import { Injectable } from '@nestjs/common';
import { SecretBox, type SecretPlace } from '../../platform/crypto/secret-box.js';
import type { SignInSecrets } from '../upstream-accounts/account.js';
import { NOTHING_CONFIGURED, type ServiceConfiguration, type StoredCredentials } from './credentials.js';
import { credentialsUnreadable } from './registry.errors.js';
import type { McpServer } from './server.js';

type Row = Pick<McpServer, 'id' | 'organizationId'>;

/** Credentials of servers, at rest: bound to their row, so that a moved ciphertext does not open. */
@Injectable()
export class ServerCredentials {
  constructor(private readonly box: SecretBox) {}

  seal(row: Row, credentials: StoredCredentials | null): string | null {
    return credentials && this.box.seal(JSON.stringify(credentials), placeOf(row));
  }

  /** With the key in use now. @throws when it does not open */
  sealAnew(row: Row & { credentials: string }): string {
    return this.box.seal(this.box.open(row.credentials, placeOf(row)), placeOf(row));
  }

  /**
   * The headers that sign a request to the server in.
   * @throws AppError CREDENTIALS_UNREADABLE
   */
  headersOf(server: Row & Pick<McpServer, 'credentials'>): Record<string, string> {
    return toHeaders(this.open(server));
  }

  /**
   * What a service was configured with; nothing where somebody entered a credential by hand.
   * @throws AppError CREDENTIALS_UNREADABLE
   */
  configurationOf(server: Row & Pick<McpServer, 'credentials'>): ServiceConfiguration {
    const stored = this.open(server);
    return stored && 'config' in stored ? stored : NOTHING_CONFIGURED;
  }

  /** Of the client that accounts sign in with. @throws AppError CREDENTIALS_UNREADABLE */
  signInSecretsOf(server: Row & Pick<McpServer, 'credentials'>): SignInSecrets {
    const stored = this.open(server);
    return stored && 'oauthClient' in stored ? (stored.oauthClient ?? {}) : {};
  }

  private open(server: Row & Pick<McpServer, 'credentials'>): StoredCredentials | null {
    if (server.credentials === null) return null;
    try {
      return JSON.parse(this.box.open(server.credentials, placeOf(server))) as StoredCredentials;
    } catch {
      throw credentialsUnreadable();
    }
  }
}

export function toHeaders(credentials: StoredCredentials | null): Record<string, string> {
  if (!credentials || 'oauthClient' in credentials) return {};
  return 'config' in credentials ? { ...credentials.headers } : { [credentials.header]: credentials.value };
}

const placeOf = ({ id, organizationId }: Row): SecretPlace => ({
  organizationId,
  table: 'servers',
  rowId: id,
  column: 'credentials',
});
