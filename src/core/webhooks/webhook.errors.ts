import type { EgressRefused } from '@app/egress';
import { AppError } from '../../platform/errors/app-error.js';
import { MAX_WEBHOOKS } from './webhook.js';

export const webhookNotFound = () => new AppError('not_found', 'WEBHOOK_NOT_FOUND', 'There is no such webhook.');

export const deliveryNotFound = () =>
  new AppError('not_found', 'DELIVERY_NOT_FOUND', 'There is no such delivery; the log keeps them for a while only.');

export const tooManyWebhooks = () =>
  new AppError(
    'conflict',
    'TOO_MANY_WEBHOOKS',
    `An organization has at most ${MAX_WEBHOOKS} webhooks. Remove one first.`,
  );

export const webhookIsDisabled = () =>
  new AppError('conflict', 'WEBHOOK_DISABLED', 'The webhook is switched off. Switch it on first.');

export const webhookUrlRefused = ({ code, message, fix }: EgressRefused) =>
  new AppError('invalid', 'EGRESS_REFUSED', `${message} ${fix}`, {
    details: { reason: code, fix },
    issues: [{ path: '/url', code: code.toLowerCase(), message }],
  });

export const webhookNeedsHttps = () =>
  new AppError('invalid', 'WEBHOOK_NEEDS_HTTPS', 'A webhook on the public internet needs an https:// address.', {
    issues: [{ path: '/url', code: 'https', message: 'must begin with https://' }],
  });
