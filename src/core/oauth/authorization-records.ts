import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';

/** What an authorization goes through, by the name that the protocol's library has for it. */
export type RecordKind = 'AuthorizationCode' | 'RefreshToken' | 'Interaction' | 'ReplayDetection';

export interface AuthorizationRecord {
  payload: Record<string, unknown>;
  consumedAt: Date | null;
}

/** Codes, refresh tokens and interactions under way. What their bearer shows is not in the table, only its hash. */
@Injectable()
export class AuthorizationRecords {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** One that is there already was made by the same request at the same time, and stays as it is; but an interaction changes. */
  async put(kind: RecordKind, id: string, payload: Record<string, unknown>, seconds: number): Promise<void> {
    const { jti: _secret, ...kept } = payload;
    const expiresAt = new Date(this.clock.ms() + seconds * 1_000);
    await this.database.sql(
      `insert into oauth_records (kind, id_hash, payload, grant_id, expires_at) values ($1, $2, $3, $4, $5)
       on conflict (kind, id_hash) do update set payload = excluded.payload, expires_at = excluded.expires_at
       where oauth_records.kind = 'Interaction'`,
      [kind, hashOf(id), kept, payload.grantId ?? null, expiresAt],
    );
  }

  async find(kind: RecordKind, id: string): Promise<AuthorizationRecord | undefined> {
    const [row] = await this.database.sql<AuthorizationRecord>(
      `select payload, consumed_at as "consumedAt" from oauth_records
       where kind = $1 and id_hash = $2 and expires_at > $3`,
      [kind, hashOf(id), this.clock.now()],
    );
    return row && { ...row, payload: { ...row.payload, jti: id } };
  }

  /** @returns false when it was consumed before: of several at the same time one gets true */
  async consume(kind: RecordKind, id: string): Promise<boolean> {
    const rows = await this.database.sql(
      `update oauth_records set consumed_at = $3 where kind = $1 and id_hash = $2 and consumed_at is null
       returning kind`,
      [kind, hashOf(id), this.clock.now()],
    );
    return rows.length === 1;
  }

  async remove(kind: RecordKind, id: string): Promise<void> {
    await this.database.sql('delete from oauth_records where kind = $1 and id_hash = $2', [kind, hashOf(id)]);
  }

  async removeOfGrant(kind: RecordKind, grantId: string): Promise<void> {
    await this.database.sql('delete from oauth_records where kind = $1 and grant_id = $2', [kind, grantId]);
  }
}

const hashOf = (id: string): string => createHash('sha256').update(id).digest('base64url');
