import { Injectable } from '@nestjs/common';
import { type SealedAnew, SealedColumn } from '../../platform/crypto/sealed-column.js';
import { Database } from '../../platform/database/database.js';
import { Logger } from '../../platform/logging/logger.js';
import { AccountSecrets, SEALED_COLUMNS, type SealedRow, type SealedTable } from './account-secrets.js';

const TABLES = Object.keys(SEALED_COLUMNS) as SealedTable[];
type Row = SealedRow & Record<string, string | null>;

/** The secrets of all accounts, as the rotation of keys sees them: one table after the other. */
@Injectable()
export class SealedAccounts extends SealedColumn {
  constructor(
    private readonly database: Database,
    private readonly secrets: AccountSecrets,
    private readonly logger: Logger,
  ) {
    super();
  }

  async versions(): Promise<number[]> {
    const sealed = TABLES.flatMap((table) =>
      SEALED_COLUMNS[table].map((column) => `select ${column} as sealed from ${table}`),
    );
    const found = await this.database.sql<{ version: number }>(
      `select distinct substring(sealed from '^v([0-9]{1,9}):')::int as version
       from (${sealed.join(' union all ')}) all_sealed where sealed ~ '^v[0-9]{1,9}:'`,
    );
    return found.map(({ version }) => version);
  }

  /** @param after `<table> <id>`, which sorts as the tables are listed */
  async sealAnew(after: string, limit: number): Promise<SealedAnew> {
    const [at = TABLES[0], id = ''] = after === '' ? [] : (after.split(' ') as [SealedTable, string]);
    if (at === undefined) return { rows: 0 };
    const { rows, last } = await this.sealPart(at, id, limit);
    const following = TABLES[TABLES.indexOf(at) + 1];
    const next = last === undefined ? following && `${following} ` : `${at} ${last}`;
    return { rows, ...(next !== undefined && { next }) };
  }

  private sealPart(table: SealedTable, after: string, limit: number): Promise<{ rows: number; last?: string }> {
    const columns: readonly string[] = SEALED_COLUMNS[table];
    return this.database.transaction(async () => {
      const found = await this.database.sql<Row>(
        `select id, organization_id as "organizationId", ${columns.join(', ')} from ${table}
         where id > $1 and (${columns.map((column) => `not starts_with(${column}, $2)`).join(' or ')})
         order by id limit $3 for no key update`,
        [after, this.secrets.prefix, limit],
      );
      let rows = 0;
      for (const row of found) rows += (await this.sealRow(table, columns, row)) ? 1 : 0;
      const last = found.length === limit ? found.at(-1)?.id : undefined;
      return { rows, ...(last !== undefined && { last }) };
    });
  }

  private async sealRow(table: SealedTable, columns: readonly string[], row: Row): Promise<boolean> {
    try {
      const given = columns.filter((column) => row[column] !== null);
      const sealed = given.map((column) => this.secrets.sealAnew(table, column, row, row[column] ?? ''));
      const sets = given.map((column, index) => `${column} = $${index + 2}`);
      await this.database.sql(`update ${table} set ${sets.join(', ')} where id = $1`, [row.id, ...sealed]);
      return true;
    } catch (error) {
      // Its key is lost: whoever uses it is asked to sign in again.
      this.logger.warn({ table, id: row.id, reason: (error as Error).message }, 'an account could not be sealed anew');
      return false;
    }
  }
}
