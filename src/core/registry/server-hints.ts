import type { Hints } from '../../platform/hints/hints.js';
import type { OrganizationId, ServerId } from '../../platform/ids.js';
import { serverTopic } from './server.js';

/** The topic of hints that something is different about the servers of an organization: which there are, what they offer, to whom. */
export const serversTopic = (organizationId: OrganizationId) => `servers:${organizationId}`;

/** The topic of hints that a server offers something else, and of what it says of its resources; see `OfferHint`. */
export const offersTopic = (serverId: ServerId) => `offers:${serverId}`;

/** What a server said on its own account, on a connection of this process or another; null: look at all of it. */
export type OfferHint = { changed: 'resources' | 'prompts' } | { updated: string } | null;

/** Tells those who look at the server, and those who look at all of its organization. */
export function hintServerChanged(
  hints: Hints,
  { id, organizationId }: { id: ServerId; organizationId: OrganizationId },
  data: { moved: true } | null = null,
): void {
  hints.publish(serverTopic(id), data);
  hints.publish(offersTopic(id), null satisfies OfferHint);
  hints.publish(serversTopic(organizationId));
}
