import type { ActivityEntry, Scope } from '../api/identity-types.js';
import { reachWords, rightsWords } from '../settings/client-words.js';
import { deviceWords } from '../settings/device.js';
import { visible } from '../ui/visible.js';

/** In the order of the filter. What the server knows and this does not is shown by its own name. */
export const ACTION_WORDS: Record<string, string> = {
  'sign_in.succeeded': 'signed in',
  'sign_in.failed': 'failed to sign in',
  'sign_in.ended': 'signed out',
  'token.reused': 'used a refresh token again',
  'code.locked': 'locked sign-in codes',
  'account.registered': 'registered',
  'email.verified': 'confirmed an address',
  'password.changed': 'changed the password',
  'password.reset_requested': 'asked for a new password',
  'password.reset': 'reset the password',
  'key.created': 'made an API key',
  'key.rotated': 'rotated an API key',
  'key.revoked': 'revoked an API key',
  'credential.revoked': 'revoked a credential',
  'client.connected': 'let a client in',
  'client.denied': 'turned a client away',
  'client.disconnected': 'ended a client',
  'client.token_reused': 'refresh token of a client came twice',
  'invitation.revoked': 'took back the invitation of',
  'invitation.declined': 'declined an invitation',
  'member.invited': 'invited',
  'member.joined': 'joined',
  'member.role_changed': 'changed the role of',
  'member.removed': 'removed',
  'member.left': 'left',
  'organization.created': 'made the organization',
  'organization.renamed': 'renamed the organization',
  'organization.transferred': 'transferred ownership',
  'organization.switched': 'switched here',
  'instance.claimed': 'became administrator of the instance',
  'server.created': 'added a server',
  'server.changed': 'changed a server',
  'server.deleted': 'deleted a server',
  'server.access_changed': 'changed who may use a server',
  'server.account_connected': 'signed in to a server',
  'server.account_disconnected': 'signed out of a server',
  'server.account_lost': 'lost the sign-in to a server',
  'approval.approved': 'allowed what waited',
  'approval.denied': 'denied what waited',
  'approval.withdrawn': 'withdrew a request',
  'approval.grant_made': 'remembered a permission',
  'approval.grant_revoked': 'took a remembered permission back',
  'service.configured': 'set a service up',
  'service.added': 'added a service to the catalogue',
  'service.changed': 'changed a service of the catalogue',
  'service.removed': 'removed a service from the catalogue',
  'package.listed': 'let a package be run',
  'package.unlisted': 'took a package off the list',
  'servers.exported': 'exported servers',
  'servers.imported': 'imported servers',
  'webhook.created': 'added a webhook',
  'webhook.changed': 'changed a webhook',
  'webhook.deleted': 'deleted a webhook',
  'webhook.secret_rotated': 'gave a webhook another secret',
  'webhook.disabled': 'turned a webhook off',
  'tool.changed': 'found a changed tool',
  'tool.approved': 'approved a tool',
  'tool.rejected': 'rejected a tool',
  'tool.revoked': 'revoked the approval of a tool',
  'tool.policy_changed': 'changed the policy of a tool',
  'tool.callers_changed': 'changed who may call a tool',
  'toolset.created': 'made a toolset',
  'toolset.changed': 'changed a toolset',
  'toolset.deleted': 'deleted a toolset',
  'gateway.changed': 'changed how clients are shown tools',
  'plan.changed': 'changed the plan',
};

/** What nobody does: it is found, or happens by itself. */
const BY_ITSELF = new Set(['server.account_lost', 'tool.changed', 'webhook.disabled']);

export function actorWords({ action, actor }: Pick<ActivityEntry, 'action' | 'actor'>): string {
  if (actor !== null) return visible(actor.name || actor.id);
  return BY_ITSELF.has(action) ? 'Switchyard' : 'Somebody';
}

/** Whether it has to be said that something did not succeed: some actions say so by their name. */
export const saysFailure = ({ action, outcome }: Pick<ActivityEntry, 'action' | 'outcome'>): boolean =>
  outcome !== 'succeeded' && !action.endsWith('.failed') && !BY_ITSELF.has(action);

export const actionWords = (action: string): string => ACTION_WORDS[action] ?? action.replaceAll(/[._]/g, ' ');

/** Beside which a subject would say nothing. */
const SAYS_ALL = new Set(['sign_in.succeeded', 'gateway.changed']);

/** What happened to whom or what, beside who did it; a subject that is the actor is not said twice. */
export function subjectWords({ action, actor, subject }: ActivityEntry): string {
  if (!subject || subject.id === actor?.id || SAYS_ALL.has(action)) return '';
  if (subject.kind === 'sign_in') return deviceWords(subject.name);
  return visible(subject.name || subject.id);
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** `overlap seconds` of `overlapSeconds` and `overlap_seconds`. */
const spaced = (name: string) =>
  name
    .replaceAll('_', ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();

type Details = Record<string, unknown>;
/** What people of the organization are called, by their ids. */
export type Names = ReadonlyMap<string, string>;

/** Details in words, those that are plain. */
export function detailWords({ action, details }: Pick<ActivityEntry, 'action' | 'details'>, names: Names): string[] {
  if (details === null) return [];
  if (action.startsWith('client.')) return clientWords(details);
  return Object.entries(details).flatMap(([name, value]) => {
    if (name === 'account') return [accountWords(value, names)];
    const shown =
      Array.isArray(value) && value.every(isPlain) ? value.map((one) => nameOr(one, names)).join(', ') : value;
    return isPlain(shown) && shown !== '' ? [visible(`${spaced(name)}: ${shown}`)] : [];
  });
}

/** `user_1: use` is of a person, too. */
const nameOr = (value: string | number | boolean, names: Names): string => {
  const [id = '', ...rest] = String(value).split(': ');
  return [names.get(id) ?? id, ...rest].join(': ');
};

function accountWords(owner: unknown, names: Names): string {
  if (owner === 'shared') return 'the account of all';
  return `the account of ${visible(names.get(String(owner)) ?? 'one person')}`;
}

/** What a client was let in to, or would have been. */
function clientWords({ scopes, resource, redirectUri, redirect_uri }: Details): string[] {
  const place = toUrl(resource);
  const redirect = toUrl(redirectUri ?? redirect_uri);
  return [
    ...(Array.isArray(scopes) ? [rightsWords(scopes as Scope[])] : []),
    ...(place ? [visible(`${reachWords(place.href, undefined)} (${place.pathname})`)] : []),
    ...(redirect
      ? [
          `answered at ${visible(/^https?:$/.test(redirect.protocol) ? redirect.host : `an app (${redirect.protocol})`)}`,
        ]
      : []),
  ];
}

const toUrl = (value: unknown): URL | undefined =>
  typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
