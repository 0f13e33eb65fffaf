import type { Notification, SubscriptionFilter } from './backend.js';
import { isObject, type JsonObject } from './json/json.js';
import { CODES, ProtocolError } from './protocol-error.js';
import { offers } from './revisions.js';

const KINDS = [
  { field: 'toolsListChanged', needs: ['tools', 'listChanged'], method: 'notifications/tools/list_changed' },
  { field: 'promptsListChanged', needs: ['prompts', 'listChanged'], method: 'notifications/prompts/list_changed' },
  {
    field: 'resourcesListChanged',
    needs: ['resources', 'listChanged'],
    method: 'notifications/resources/list_changed',
  },
  { field: 'resourceSubscriptions', needs: ['resources', 'subscribe'], method: 'notifications/resources/updated' },
] as const;

const NEEDS = new Map<string, readonly string[]>(KINDS.map(({ field, needs }) => [field, needs]));
const FIELDS = new Map<string, string>(KINDS.map(({ field, method }) => [method, field]));

/** @throws ProtocolError */
export function readFilter({ notifications = {} }: JsonObject, maxSubscriptions: number): SubscriptionFilter {
  if (!isObject(notifications)) throw new ProtocolError(CODES.invalidParams, 'notifications has to be an object.');
  const { resourceSubscriptions: addresses = [] } = notifications;
  if (!Array.isArray(addresses) || !addresses.every((address) => typeof address === 'string')) {
    throw new ProtocolError(CODES.invalidParams, 'resourceSubscriptions has to be an array of strings.');
  }
  if (addresses.length > maxSubscriptions) throw tooMany(maxSubscriptions);
  return notifications;
}

export const tooMany = (most: number): ProtocolError =>
  new ProtocolError(CODES.invalidParams, `No more than ${most} resources can be subscribed to.`);

/** What of it the server tells at all; fields of extensions are the backend's. */
export function honoured(filter: SubscriptionFilter, capabilities: JsonObject): SubscriptionFilter {
  const kept = Object.entries(filter).filter(([field, value]) => {
    const needs = NEEDS.get(field);
    const isWanted = value !== false && value !== undefined && value !== null;
    return isWanted && (!needs || offers(capabilities, needs));
  });
  return Object.fromEntries(kept);
}

/** Everything of a kind that the server tells, and those resources. */
export const everything = (capabilities: JsonObject, resources: readonly string[]): SubscriptionFilter =>
  honoured(
    {
      toolsListChanged: true,
      promptsListChanged: true,
      resourcesListChanged: true,
      ...(resources.length > 0 && { resourceSubscriptions: resources }),
    },
    capabilities,
  );

/** Nobody hears of a kind that was not asked for. */
export function isWanted(filter: SubscriptionFilter, { method }: Notification): boolean {
  const field = FIELDS.get(method);
  return field === undefined || filter[field] !== undefined;
}
