import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ApprovalId, ServerId, UserId } from '../../platform/ids.js';
import type { ApprovalMailWish } from './approval-mail-wish.js';

export interface Reader {
  userId: UserId;
  wish: ApprovalMailWish;
  mailedAt: Date | null;
}

export interface ToMail {
  id: ApprovalId;
  expiresAt: Date | null;
}

@Injectable()
export class ApprovalMailsRepository {
  constructor(private readonly database: Database) {}

  async findWish(userId: UserId): Promise<ApprovalMailWish> {
    const [row] = await this.database.sql<{ wish: ApprovalMailWish }>(
      'select wish from approval_mail_wishes where user_id = $1',
      [userId],
    );
    return row?.wish ?? 'own';
  }

  async setWish(userId: UserId, wish: ApprovalMailWish): Promise<void> {
    await this.database.sql(
      `insert into approval_mail_wishes (user_id, wish) values ($1, $2) on conflict (user_id) do update set wish = $2`,
      [userId, wish],
    );
  }

  async listReaders(userIds: readonly UserId[]): Promise<Reader[]> {
    return this.database.sql<Reader>(
      `select u.id as "userId", coalesce(w.wish, 'own') as wish, w.mailed_at as "mailedAt"
       from users u left join approval_mail_wishes w on w.user_id = u.id where u.id = any($1)`,
      [[...userIds]],
    );
  }

  async findRegistrant(serverId: ServerId): Promise<UserId | null> {
    const [row] = await this.database.sql<{ by: UserId | null }>('select created_by as by from servers where id = $1', [
      serverId,
    ]);
    return row?.by ?? null;
  }

  async add(userIds: readonly UserId[], id: ApprovalId, now: Date): Promise<void> {
    await this.database.sql(
      `insert into approval_mails (user_id, approval_id, created_at)
       select person, $2, $3 from unnest($1::text[]) as person on conflict do nothing`,
      [[...userIds], id, now],
    );
  }

  /** What waits still and was in no mail of theirs, oldest first; held until the transaction ends. */
  async lockDue(userId: UserId): Promise<ToMail[]> {
    return this.database.sql<ToMail>(
      `select r.id, r.expires_at as "expiresAt" from approval_mails m join approval_requests r on r.id = m.approval_id
       where m.user_id = $1 and m.mailed_at is null and r.status = 'pending' order by r.created_at, r.id for update of m`,
      [userId],
    );
  }

  async markMailed(userId: UserId, now: Date): Promise<void> {
    await this.database.sql('update approval_mails set mailed_at = $2 where user_id = $1 and mailed_at is null', [
      userId,
      now,
    ]);
    await this.database.sql(
      `insert into approval_mail_wishes (user_id, wish, mailed_at) values ($1, 'own', $2)
       on conflict (user_id) do update set mailed_at = $2`,
      [userId, now],
    );
  }

  async findAddress(userId: UserId): Promise<string | undefined> {
    const [row] = await this.database.sql<{ email: string }>('select email from users where id = $1', [userId]);
    return row?.email;
  }
}
