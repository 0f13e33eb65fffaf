import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { isKept } from '../../platform/database/kept-text.js';
import { callerNetwork } from '../identity/ip-address.js';
import { ambientFields } from '../../platform/logging/logger.js';
import type { ClientMetadata } from './client-metadata.js';

/** A use is written at most once in so long. */
const USED_EVERY_MS = 60_000;

/** Of those that nobody let in, which anybody may make: at one address, and at all. */
const MOST_UNUSED = 10_000;
const MOST_UNUSED_OF_ONE = 1_000;

/** Clients that registered themselves. Of their secrets there are hashes only. */
@Injectable()
export class ClientsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async find(id: string): Promise<ClientMetadata | undefined> {
    if (!isKept(id)) return undefined;
    const [row] = await this.database.sql<{ metadata: ClientMetadata }>(
      'select metadata from oauth_clients where id = $1',
      [id],
    );
    return row?.metadata;
  }

  async register(id: string, metadata: ClientMetadata): Promise<void> {
    const { client_secret: secret, ...rest } = metadata;
    const kept = typeof secret === 'string' ? { ...rest, client_secret: hashOfSecret(secret) } : rest;
    const from = callerNetwork(ambientFields().caller?.ip ?? '');
    await this.database.sql(
      `insert into oauth_clients (id, metadata, registered_at, registered_from) values ($1, $2, $3, $4)
       on conflict (id) do update set metadata = excluded.metadata`,
      [id, kept, this.clock.now(), from],
    );
    await this.makeRoom(from);
  }

  /** Of one that was let in: it is kept longer. */
  async noteUse(id: string): Promise<void> {
    const now = this.clock.now();
    await this.database.sql(
      'update oauth_clients set used_at = $2 where id = $1 and (used_at is null or used_at < $3)',
      [id, now, new Date(now.getTime() - USED_EVERY_MS)],
    );
  }

  /** The oldest go: who registers goes on at once, and is not among them. */
  private async makeRoom(from: string): Promise<void> {
    await this.database.sql(
      `delete from oauth_clients where id in (
         select id from oauth_clients where used_at is null and registered_from = $1
         order by registered_at desc offset $2)`,
      [from, MOST_UNUSED_OF_ONE],
    );
    await this.database.sql(
      `delete from oauth_clients where id in (
         select id from oauth_clients where used_at is null order by registered_at desc offset $1)`,
      [MOST_UNUSED],
    );
  }
}

/** Of so many random bits a plain hash tells nothing. */
export const hashOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
