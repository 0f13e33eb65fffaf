import type { Webhook } from './webhook.js';

const MAX_LENGTH = 100;

/** What people know it by. The path of the address may be a secret of the receiver. */
export const nameOf = ({ description, url }: Pick<Webhook, 'description' | 'url'>): string =>
  (description ?? new URL(url).host).slice(0, MAX_LENGTH);
