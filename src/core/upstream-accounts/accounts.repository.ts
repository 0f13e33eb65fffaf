import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ServerId, UserId } from '../../platform/ids.js';
import type { Account, AccountId, AccountOwner, AccountStatus, AccountTokens, Agreement } from './account.js';
import { AccountSecrets } from './account-secrets.js';

type Row = Omit<Account, 'agreement' | 'tokens'> & { agreement: string; tokens: string | null };

/** Whose claim on the right to refresh it is, and until when. */
export interface Claim {
  by: string;
  forMs: number;
}

const TABLE = 'upstream_accounts';
const COLUMNS = `id, organization_id as "organizationId", server_id as "serverId", user_id as owner,
  account_version as "accountVersion", status, reason, agreement, tokens, version, expires_at as "expiresAt",
  wanted_scopes as "wantedScopes", connected_by as "connectedBy", connected_at as "connectedAt",
  refreshed_at as "refreshedAt", last_used_at as "lastUsedAt"`;

@Injectable()
export class AccountsRepository {
  constructor(
    private readonly database: Database,
    private readonly secrets: AccountSecrets,
  ) {}

  async find(serverId: ServerId, owner: AccountOwner): Promise<Account | undefined> {
    const [row] = await this.database.sql<Row>(
      `select ${COLUMNS} from ${TABLE} where server_id = $1 and coalesce(user_id, '') = $2`,
      [serverId, owner ?? ''],
      'upstream-account',
    );
    return row && this.opened(row);
  }

  /** Of those that are there, by the server; an account of the server as it was before counts for nothing. */
  async listStatuses(
    wanted: readonly { serverId: ServerId; accountVersion: number; owner: AccountOwner }[],
  ): Promise<{ serverId: ServerId; status: AccountStatus }[]> {
    return this.database.sql<{ serverId: ServerId; status: AccountStatus }>(
      `select account.server_id as "serverId", account.status
       from unnest($1::text[], $2::int[], $3::text[]) as wanted (server_id, account_version, owner)
       join ${TABLE} account on account.server_id = wanted.server_id
         and account.account_version = wanted.account_version and coalesce(account.user_id, '') = wanted.owner`,
      [
        wanted.map(({ serverId }) => serverId),
        wanted.map(({ accountVersion }) => accountVersion),
        wanted.map(({ owner }) => owner ?? ''),
      ],
    );
  }

  async findById(id: AccountId): Promise<Account | undefined> {
    const [row] = await this.database.sql<Row>(`select ${COLUMNS} from ${TABLE} where id = $1`, [id]);
    return row && this.opened(row);
  }

  /** The owner of the account that was used last, of those that work: for what nobody in particular asks. */
  async findAnyOwner(serverId: ServerId, accountVersion: number): Promise<{ owner: AccountOwner } | undefined> {
    const [row] = await this.database.sql<{ owner: AccountOwner }>(
      `select user_id as owner from ${TABLE} where server_id = $1 and account_version = $2 and status = 'connected'
       order by last_used_at desc nulls last, connected_at desc limit 1`,
      [serverId, accountVersion],
    );
    return row;
  }

  /** One for each owner: what there was before is gone. */
  async put(account: Account): Promise<void> {
    await this.database.sql(`delete from ${TABLE} where server_id = $1 and coalesce(user_id, '') = $2`, [
      account.serverId,
      account.owner ?? '',
    ]);
    await this.database.sql(
      `insert into ${TABLE} (id, organization_id, server_id, user_id, account_version, status, reason, issuer, agreement,
         tokens, version, expires_at, wanted_scopes, connected_by, connected_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [
        account.id,
        account.organizationId,
        account.serverId,
        account.owner,
        account.accountVersion,
        account.status,
        account.reason,
        account.agreement.server.issuer,
        this.secrets.seal(TABLE, 'agreement', account, account.agreement),
        account.tokens && this.secrets.seal(TABLE, 'tokens', account, account.tokens),
        account.version,
        account.expiresAt,
        account.wantedScopes,
        account.connectedBy,
        account.connectedAt,
      ],
    );
  }

  async remove(serverId: ServerId, owner: AccountOwner): Promise<void> {
    await this.database.sql(`delete from ${TABLE} where server_id = $1 and coalesce(user_id, '') = $2`, [
      serverId,
      owner ?? '',
    ]);
  }

  /**
   * The right to use the refresh token, which only one has at a time, by the clock of the database. A claim that ran out is
   * of a process that died.
   * @returns whether it was got; not where the tokens are other ones by now
   */
  async claim({ id, version }: Account, { by, forMs }: Claim): Promise<boolean> {
    const claimed = await this.database.sql(
      `update ${TABLE} set claim = $3, claimed_until = clock_timestamp() + $4 * interval '1 millisecond'
       where id = $1 and version = $2 and (claim is null or claimed_until < clock_timestamp()) returning id`,
      [id, version, by, forMs],
    );
    return claimed.length > 0;
  }

  async release({ id }: Account, { by }: Claim): Promise<void> {
    await this.database.sql(`update ${TABLE} set claim = null, claimed_until = null where id = $1 and claim = $2`, [
      id,
      by,
    ]);
  }

  /** True as well where it was stored before, and only the answer to that was lost. */
  async storeTokens(
    account: Account,
    tokens: AccountTokens,
    { expiresAt, at }: { expiresAt: Date | null; at: Date },
  ): Promise<boolean> {
    const sealed = this.secrets.seal(TABLE, 'tokens', account, tokens);
    const stored = await this.database.sql(
      `update ${TABLE} set tokens = $3, expires_at = $4, refreshed_at = $5, version = version + 1, claim = null,
         claimed_until = null, status = 'connected', reason = null
       where id = $1 and version = $2 returning id`,
      [account.id, account.version, sealed, expiresAt, at],
    );
    return stored.length > 0;
  }

  /** @returns whether it counted until now */
  async lose(account: Account, reason: string): Promise<boolean> {
    const lost = await this.database.sql(
      `update ${TABLE} set tokens = null, expires_at = null, version = version + 1, claim = null, claimed_until = null,
         status = 'needs_sign_in', reason = $3
       where id = $1 and version = $2 and status = 'connected' returning id`,
      [account.id, account.version, reason],
    );
    return lost.length > 0;
  }

  async want({ id }: Account, scopes: readonly string[]): Promise<void> {
    await this.database.sql(`update ${TABLE} set wanted_scopes = $2 where id = $1`, [id, scopes]);
  }

  async used(id: AccountId, at: Date): Promise<void> {
    await this.database.sql(`update ${TABLE} set last_used_at = $2 where id = $1`, [id, at]);
  }

  /** Accounts of other places of the server than it is now: their tokens are for nobody. */
  async removeOutdated(serverId: ServerId, accountVersion: number): Promise<UserId[]> {
    const gone = await this.database.sql<{ owner: UserId }>(
      `delete from ${TABLE} where server_id = $1 and account_version <> $2 returning coalesce(user_id, '') as owner`,
      [serverId, accountVersion],
    );
    return gone.map(({ owner }) => owner);
  }

  private opened(row: Row): Account {
    try {
      const agreement = this.secrets.open(TABLE, 'agreement', row, row.agreement) as Agreement;
      const tokens = row.tokens === null ? null : this.secrets.open(TABLE, 'tokens', row, row.tokens);
      return { ...row, agreement, tokens: tokens as AccountTokens | null };
    } catch {
      // Its key is lost, and with it the account: signing in again mends it.
      return { ...row, agreement: UNREADABLE, tokens: null, status: 'needs_sign_in', reason: KEY_IS_LOST };
    }
  }
}

const KEY_IS_LOST = 'What was stored of the sign-in cannot be opened with the key of this instance.';
const UNREADABLE: Agreement = {
  server: { issuer: '' },
  client: { issuer: '', clientId: '', origin: 'given', authentication: 'none' },
  resource: '',
  scopes: [],
};
