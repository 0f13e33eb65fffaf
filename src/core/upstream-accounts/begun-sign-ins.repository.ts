import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { newId, type UserId } from '../../platform/ids.js';
import type { SignInPlace } from './account.js';
import { AccountSecrets, type SealedRow } from './account-secrets.js';
import { type BegunSignIn, SIGN_IN_MS } from './begun-sign-in.js';

type Kept = Pick<BegunSignIn, 'agreement' | 'redirectUri' | 'verifier' | 'username'>;
type Row = SealedRow & Pick<BegunSignIn, 'serverId' | 'userId' | 'accountVersion'> & { begun: string };

const TABLE = 'upstream_sign_ins';
/** Of one person at one server; the oldest makes room. */
const MOST_AT_ONCE = 5;

@Injectable()
export class BegunSignInsRepository {
  constructor(
    private readonly database: Database,
    private readonly secrets: AccountSecrets,
  ) {}

  async put(begun: BegunSignIn, { browser, expiresAt }: { browser: string; expiresAt: Date }): Promise<void> {
    const { serverId, organizationId, userId, accountVersion, agreement, redirectUri, state } = begun;
    const id = newId('uac');
    const { verifier, username } = begun;
    const kept: Kept = { agreement, redirectUri, verifier, username };
    const sealed = this.secrets.seal(TABLE, 'begun', { id, organizationId }, kept);
    await this.database.sql(
      `delete from ${TABLE} where expires_at < $3 or id in (
         select id from ${TABLE} where server_id = $1 and user_id = $2 order by id desc offset $4)`,
      [serverId, userId, new Date(expiresAt.getTime() - SIGN_IN_MS), MOST_AT_ONCE - 1],
    );
    await this.database.sql(
      `insert into ${TABLE} (id, organization_id, server_id, user_id, account_version, state_hash, browser_hash, begun,
         expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [id, organizationId, serverId, userId, accountVersion, hash(state), hash(browser), sealed, expiresAt],
    );
  }

  /** Whether somebody set out with it and has not come back: it may not be known there any more. */
  async isUnderWay({ serverId }: SignInPlace, userId: UserId, now: Date): Promise<boolean> {
    const found = await this.database.sql(
      `select id from ${TABLE} where server_id = $1 and user_id = $2 and expires_at > $3 limit 1`,
      [serverId, userId, now],
    );
    return found.length > 0;
  }

  /** Given once, and only to the browser that set out. */
  async take({ state, browser, now }: { state: string; browser: string; now: Date }): Promise<BegunSignIn | undefined> {
    const [row] = await this.database.sql<Row>(
      `delete from ${TABLE} where state_hash = $1 and browser_hash = $2 and expires_at > $3
       returning id, organization_id as "organizationId", server_id as "serverId", user_id as "userId",
         account_version as "accountVersion", begun`,
      [hash(state), hash(browser), now],
    );
    if (!row) return undefined;
    const { begun, id: _, ...of } = row;
    return { ...of, ...(this.secrets.open(TABLE, 'begun', row, begun) as Kept), state };
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');
