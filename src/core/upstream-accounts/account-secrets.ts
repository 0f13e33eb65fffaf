import { Injectable } from '@nestjs/common';
import { SecretBox, type SecretPlace } from '../../platform/crypto/secret-box.js';
import type { OrganizationId } from '../../platform/ids.js';

/** Every column that holds what nobody may read, by its table. */
export const SEALED_COLUMNS = {
  upstream_accounts: ['agreement', 'tokens'],
  upstream_clients: ['client'],
  upstream_sign_ins: ['begun'],
} as const;
export type SealedTable = keyof typeof SEALED_COLUMNS;

export interface SealedRow {
  id: string;
  organizationId: OrganizationId;
}

/** Tokens, secrets of clients and what sign-ins under way need: bound to row and column, so that none opens elsewhere. */
@Injectable()
export class AccountSecrets {
  constructor(private readonly box: SecretBox) {}

  seal<Table extends SealedTable>(
    table: Table,
    column: (typeof SEALED_COLUMNS)[Table][number],
    row: SealedRow,
    value: unknown,
  ): string {
    return this.box.seal(JSON.stringify(value), placeOf(table, column, row));
  }

  /** @throws when it does not open */
  open<Table extends SealedTable>(
    table: Table,
    column: (typeof SEALED_COLUMNS)[Table][number],
    row: SealedRow,
    sealed: string,
  ): unknown {
    return JSON.parse(this.box.open(sealed, placeOf(table, column, row)));
  }

  /** With the key in use now. @throws when it does not open */
  sealAnew(table: SealedTable, column: string, row: SealedRow, sealed: string): string {
    const place = placeOf(table, column, row);
    return this.box.seal(this.box.open(sealed, place), place);
  }

  get prefix(): string {
    return this.box.prefix;
  }
}

const placeOf = (table: SealedTable, column: string, { id, organizationId }: SealedRow): SecretPlace => ({
  organizationId,
  table,
  rowId: id,
  column,
});
