import { Injectable } from '@nestjs/common';
import { SecretBox, type SecretPlace } from '../../platform/crypto/secret-box.js';
import type { StoredCredentials } from './credentials.js';
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
    if (server.credentials === null) return {};
    try {
      return toHeaders(JSON.parse(this.box.open(server.credentials, placeOf(server))) as StoredCredentials);
    } catch {
      throw credentialsUnreadable();
    }
  }
}

export const toHeaders = (credentials: StoredCredentials | null): Record<string, string> =>
  credentials ? { [credentials.header]: credentials.value } : {};

const placeOf = ({ id, organizationId }: Row): SecretPlace => ({
  organizationId,
  table: 'servers',
  rowId: id,
  column: 'credentials',
});
