import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { UserId } from '../../platform/ids.js';
import type { EmailAddress } from './email-address.js';
import type { Principal } from './principal.js';

export interface PasswordOwner {
  userId: UserId;
  email: EmailAddress;
  username: string;
  /** PHC string; null for who has none. */
  hash: string | null;
}

const OWNER = `select id as "userId", email, username, password_hash as hash from users`;

@Injectable()
export class PasswordsRepository {
  constructor(private readonly database: Database) {}

  async findByEmail(email: EmailAddress): Promise<PasswordOwner | undefined> {
    const [owner] = await this.database.sql<PasswordOwner>(`${OWNER} where email = $1`, [email]);
    return owner;
  }

  /** People see their own. */
  async findVisible({ userId }: Principal): Promise<PasswordOwner | undefined> {
    const [owner] = await this.database.sql<PasswordOwner>(`${OWNER} where id = $1`, [userId]);
    return owner;
  }

  /** Until the transaction ends the password stays. @returns undefined when it is not this one any more */
  async lock(userId: UserId, hash: string): Promise<PasswordOwner | undefined> {
    const [owner] = await this.database.sql<PasswordOwner>(`${OWNER} where id = $1 and password_hash = $2 for update`, [
      userId,
      hash,
    ]);
    return owner;
  }

  async set(userId: UserId, hash: string, now: Date): Promise<void> {
    await this.database.sql(
      'update users set password_hash = $2, password_changed_at = $3, updated_at = $3 where id = $1',
      [userId, hash, now],
    );
  }

  /** The same password, hashed at another cost. Does nothing when it was changed meanwhile. */
  async rehash(userId: UserId, { from, to }: { from: string; to: string }): Promise<void> {
    await this.database.sql('update users set password_hash = $3 where id = $1 and password_hash = $2', [
      userId,
      from,
      to,
    ]);
  }

  /**
   * Takes one of `atMost` attempts within a window that began after `windowStart`, in one statement: two in flight cannot
   * share one. The same work for every address.
   * @returns whether there was one left
   */
  async takeAttempt(
    email: EmailAddress,
    { atMost, windowStart, now }: { atMost: number; windowStart: Date; now: Date },
  ): Promise<boolean> {
    const rows = await this.database.sql(
      `insert into password_attempts as attempts (email, failures, since) values ($1, 1, $2)
       on conflict (email) do update set
         failures = case when attempts.since <= $3 then 1 else attempts.failures + 1 end,
         since = case when attempts.since <= $3 then $2 else attempts.since end
       where attempts.since <= $3 or attempts.failures < $4
       returning failures`,
      [email, now, windowStart, atMost],
    );
    return rows.length === 1;
  }

  /** When the window of the attempts began. */
  async findAttemptsSince(email: EmailAddress): Promise<Date | undefined> {
    const [row] = await this.database.sql<{ since: Date }>('select since from password_attempts where email = $1', [
      email,
    ]);
    return row?.since;
  }

  async clearAttempts(email: EmailAddress): Promise<void> {
    await this.database.sql('delete from password_attempts where email = $1', [email]);
  }
}
