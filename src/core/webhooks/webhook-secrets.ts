import { Injectable } from '@nestjs/common';
import { SecretBox, type SecretPlace } from '../../platform/crypto/secret-box.js';
import type { Webhook } from './webhook.js';

type Row = Pick<Webhook, 'id' | 'organizationId'>;
export type SecretColumn = 'secret' | 'previous_secret';

/** Secrets of webhooks, at rest: bound to their row. */
@Injectable()
export class WebhookSecrets {
  constructor(private readonly box: SecretBox) {}

  seal(row: Row, column: SecretColumn, plain: string): string {
    return this.box.seal(plain, placeOf(row, column));
  }

  /** @throws when it does not open */
  open(row: Row, column: SecretColumn, sealed: string): string {
    return this.box.open(sealed, placeOf(row, column));
  }

  /** Those that sign now, the one in use first. @throws when one does not open */
  live(webhook: Webhook, now: Date): string[] {
    const { secret, previousSecret, previousSecretUntil } = webhook;
    const isLive = previousSecret !== null && previousSecretUntil !== null && previousSecretUntil > now;
    return [
      this.open(webhook, 'secret', secret),
      ...(isLive ? [this.open(webhook, 'previous_secret', previousSecret)] : []),
    ];
  }

  /** The last characters, by which people tell one from another; none for one that does not open. */
  hintOf(webhook: Webhook): string {
    try {
      return this.open(webhook, 'secret', webhook.secret).slice(-4);
    } catch {
      return '';
    }
  }
}

const placeOf = ({ id, organizationId }: Row, column: SecretColumn): SecretPlace => ({
  organizationId,
  table: 'webhooks',
  rowId: id,
  column,
});
