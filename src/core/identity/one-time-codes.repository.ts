import { Injectable } from '@nestjs/common';
import { MoreThanOrEqual } from 'typeorm';
import type { Id } from '../../platform/ids.js';
import { Database } from '../../platform/database/database.js';
import type { EmailAddress } from './email-address.js';
import { MAX_ATTEMPTS, MAX_GUESSES_A_DAY } from './one-time-code.js';
import { OneTimeCodeEntity } from './one-time-code.entity.js';

interface Place {
  email: EmailAddress;
  ipWindow: string;
}

export interface CountedCode {
  id: Id<'otp'>;
  salt: string;
  codeHash: string;
  /** This guess included. */
  attempts: number;
}

/** Rows removed with each new one: more than one, so that the table cannot grow. */
const SWEEP = 20;

/** $1 address, $2 part of the network, $3 now, $4 the day began, $5 attempts of a code, $6 of a day. */
const HAS_ATTEMPT = `
  id = (select id from one_time_codes where email = $1 and ip_window = $2 order by created_at desc, id desc limit 1)
  and used_at is null and expires_at > $3 and attempts < $5
  and (select coalesce(sum(attempts), 0) from one_time_codes where email = $1 and created_at > $4) < $6`;

const guess = ({ email, ipWindow }: Place, now: Date, dayBegan: Date) => [
  email,
  ipWindow,
  now,
  dayBegan,
  MAX_ATTEMPTS,
  MAX_GUESSES_A_DAY,
];

@Injectable()
export class OneTimeCodesRepository {
  constructor(private readonly database: Database) {}

  /** Until the transaction ends, nobody else asks for a code to this address. */
  async lockAddress(email: EmailAddress): Promise<void> {
    await this.database.sql(`select pg_advisory_xact_lock(hashtextextended('one-time-code ' || $1, 0))`, [email]);
  }

  /** Newest first. */
  async listSince(email: EmailAddress, since: Date): Promise<OneTimeCodeEntity[]> {
    return this.database.entities.find(OneTimeCodeEntity, {
      where: { email, createdAt: MoreThanOrEqual(since) },
      order: { createdAt: 'desc', id: 'desc' },
      take: 500,
    });
  }

  async find(id: string): Promise<OneTimeCodeEntity | undefined> {
    return (await this.database.entities.findOneBy(OneTimeCodeEntity, { id: id as Id<'otp'> })) ?? undefined;
  }

  /** The code that counts in this place: only the newest does. */
  async findNewest({ email, ipWindow }: Place): Promise<OneTimeCodeEntity | undefined> {
    const found = await this.database.entities.findOne(OneTimeCodeEntity, {
      where: { email, ipWindow },
      order: { createdAt: 'desc', id: 'desc' },
    });
    return found ?? undefined;
  }

  async add(code: OneTimeCodeEntity): Promise<void> {
    await this.database.entities.insert(OneTimeCodeEntity, code);
  }

  /** Whether a guess would be compared now; most of those of an attack would not, and need not wait for each other. */
  async hasAttempt(place: Place, now: Date, dayBegan: Date): Promise<boolean> {
    const rows = await this.database.sql(
      `select from one_time_codes where ${HAS_ATTEMPT}`,
      guess(place, now, dayBegan),
    );
    return rows.length > 0;
  }

  /**
   * Takes one attempt of the newest live code. To be called while the address is locked: two guesses in flight cannot
   * share one, nor the last one of the day.
   * @returns undefined when there is no live code, or no attempt is left of it or of the day
   */
  async takeAttempt(place: Place, now: Date, dayBegan: Date): Promise<CountedCode | undefined> {
    const rows = await this.database.sql<CountedCode>(
      `update one_time_codes set attempts = attempts + 1 where ${HAS_ATTEMPT}
       returning id, salt, code_hash as "codeHash", attempts`,
      guess(place, now, dayBegan),
    );
    return rows[0];
  }

  /** The guesses at an address that count for its day, and when the first of their codes was made. */
  async countGuesses(email: EmailAddress, dayBegan: Date): Promise<{ guesses: number; firstAt: Date | null }> {
    const [found] = await this.database.sql<{ guesses: number; firstAt: Date | null }>(
      `select coalesce(sum(attempts), 0)::int as guesses, min(created_at) filter (where attempts > 0) as "firstAt"
       from one_time_codes where email = $1 and created_at > $2`,
      [email, dayBegan],
    );
    return found ?? { guesses: 0, firstAt: null };
  }

  /** @returns whether this call was the one that used it */
  async use(id: Id<'otp'>, now: Date): Promise<boolean> {
    const rows = await this.database.sql(
      'update one_time_codes set used_at = $2 where id = $1 and used_at is null returning id',
      [id, now],
    );
    return rows.length === 1;
  }

  async removeSomeOlderThan(limit: Date): Promise<void> {
    await this.database.sql(
      `delete from one_time_codes where id in (
         select id from one_time_codes where created_at < $1 limit $2 for update skip locked)`,
      [limit, SWEEP],
    );
  }
}
