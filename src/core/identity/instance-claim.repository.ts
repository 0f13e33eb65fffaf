import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { UserId } from '../../platform/ids.js';

@Injectable()
export class InstanceClaimRepository {
  constructor(private readonly database: Database) {}

  async hasAdministrator(): Promise<boolean> {
    const [row] = await this.database.sql<{ has: boolean }>(
      'select exists (select from users where instance_administrator) as has',
    );
    return row?.has === true;
  }

  /** Until the transaction ends nobody else becomes the first one. */
  async lock(): Promise<void> {
    await this.database.sql(`select pg_advisory_xact_lock(hashtextextended('instance claim', 0))`);
  }

  async appoint(userId: UserId, now: Date): Promise<void> {
    await this.database.sql('update users set instance_administrator = true, updated_at = $2 where id = $1', [
      userId,
      now,
    ]);
  }
}
