import type { Caution, ConsentDecision, ConsentQuestion, ConsentScope } from '../api/consent-types.js';
import { plural } from '../ui/format.js';
import { visible } from '../ui/visible.js';

export const SCOPE_WORDS: Record<ConsentScope, string> = {
  'mcp:read': 'See the servers, and what their tools, resources and prompts are',
  'mcp:execute': 'Call their tools for you. What your policies hold back still waits for a person',
};

export const CAUTION_WORDS: Record<Caution, string> = {
  this_machine: 'The answer goes to a program on your own machine. Allow it only if you have started it just now.',
  app_scheme: 'The answer goes to an app on your own machine. Allow it only if you have started it just now.',
  look_alike_name: 'Its name has letters that only look like others. It may pretend to be another program.',
  look_alike_host: 'The address has letters of another alphabet. Read it letter by letter.',
};

/** How much is known of who asks. */
export function standing({ client }: ConsentQuestion): string {
  return client.host === null ? 'It registered itself: nobody has checked its name.' : `Described by ${client.host}.`;
}

export function whereTo({ redirect: { kind, shown } }: ConsentQuestion): string {
  if (kind === 'web') return shown;
  return kind === 'loopback' ? `this machine (${shown})` : `an app on this machine (${shown}:)`;
}

export function whatFor({ resource, server_count }: ConsentQuestion): string {
  const title = visible(resource.title ?? resource.name ?? '');
  if (resource.kind === 'toolset') return `Only the toolset “${title}”, now with these:`;
  if (resource.kind === 'server') return 'Only this server:';
  return `All servers that you may use, those that come later, too. Now ${plural(server_count, 'server')}:`;
}

/** Once it is decided, until the browser has gone; where an app takes over, the page stays. */
export function afterwards(decision: ConsentDecision['decision'], { client, redirect }: ConsentQuestion): string {
  const done = decision === 'deny' ? 'Denied.' : 'Allowed.';
  if (redirect.kind === 'app') return `${done} Go on in ${visible(client.name)}: you can close this page.`;
  return `${done} You are sent back to ${visible(client.name)}.`;
}

/** May it go on without a question? Only where the organization is beyond doubt. */
export function mayContinue({ organizations, organization_id }: ConsentQuestion): boolean {
  const remembered = organizations.filter((one) => one.remembered);
  return remembered.length === 1 && remembered[0]?.id === organization_id;
}
