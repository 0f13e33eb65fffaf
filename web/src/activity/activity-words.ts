import type { ActivityEntry } from '../api/identity-types.js';
import { deviceWords } from '../settings/device.js';

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

export const actionWords = (action: string): string => ACTION_WORDS[action] ?? action.replaceAll(/[._]/g, ' ');

/** What happened to whom or what, beside who did it; a subject that is the actor is not said twice. */
export function subjectWords({ action, actor, subject }: ActivityEntry): string {
  if (!subject || subject.id === actor?.id || action === 'sign_in.succeeded') return '';
  if (subject.kind === 'sign_in') return deviceWords(subject.name);
  return subject.name || subject.id;
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** `overlap seconds` of `overlapSeconds` and `overlap_seconds`. */
const spaced = (name: string) =>
  name
    .replaceAll('_', ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();

/** Details as `name: value`, those that are plain. */
export const detailWords = (details: Record<string, unknown> | null): string[] =>
  Object.entries(details ?? {}).flatMap(([name, value]) => {
    const shown = Array.isArray(value) && value.every(isPlain) ? value.join(' ') : value;
    return isPlain(shown) ? [`${spaced(name)}: ${shown}`] : [];
  });
