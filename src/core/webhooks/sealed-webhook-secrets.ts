import { Injectable } from '@nestjs/common';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { type SealedAnew, SealedColumn } from '../../platform/crypto/sealed-column.js';
import { Database } from '../../platform/database/database.js';
import type { OrganizationId } from '../../platform/ids.js';
import { Logger } from '../../platform/logging/logger.js';
import type { WebhookId } from './webhook.js';
import { type SecretColumn, WebhookSecrets } from './webhook-secrets.js';

interface Row {
  id: WebhookId;
  organizationId: OrganizationId;
  secret: string;
  previousSecret: string | null;
}

/** The secrets of all webhooks, as the rotation of keys sees them. */
@Injectable()
export class SealedWebhookSecrets extends SealedColumn {
  constructor(
    private readonly database: Database,
    private readonly box: SecretBox,
    private readonly secrets: WebhookSecrets,
    private readonly logger: Logger,
  ) {
    super();
  }

  async versions(): Promise<number[]> {
    const found = await this.database.sql<{ version: number }>(
      `select distinct substring(sealed from '^v([0-9]{1,9}):')::int as version
       from webhooks, unnest(array[secret, previous_secret]) as sealed where sealed ~ '^v[0-9]{1,9}:'`,
    );
    return found.map(({ version }) => version);
  }

  async sealAnew(after: string, limit: number): Promise<SealedAnew> {
    return this.database.transaction(async () => {
      const rows = await this.database.sql<Row>(
        `select id, organization_id as "organizationId", secret, previous_secret as "previousSecret" from webhooks
         where id > $1 and (not starts_with(secret, $2) or not starts_with(previous_secret, $2))
         order by id limit $3 for no key update`,
        [after, this.box.prefix, limit],
      );
      let sealed = 0;
      for (const row of rows) sealed += (await this.sealRow(row)) ? 1 : 0;
      const last = rows.at(-1);
      return { rows: sealed, ...(last && rows.length === limit ? { next: last.id } : {}) };
    });
  }

  private async sealRow(row: Row): Promise<boolean> {
    const anew = (column: SecretColumn, sealed: string) =>
      this.secrets.seal(row, column, this.secrets.open(row, column, sealed));
    try {
      const previous = row.previousSecret === null ? null : anew('previous_secret', row.previousSecret);
      await this.database.sql('update webhooks set secret = $2, previous_secret = $3 where id = $1', [
        row.id,
        anew('secret', row.secret),
        previous,
      ]);
      return true;
    } catch (error) {
      // Its key is lost: deliveries say so, and a new secret mends it.
      this.logger.warn({ webhookId: row.id, reason: (error as Error).message }, 'a secret could not be sealed anew');
      return false;
    }
  }
}
