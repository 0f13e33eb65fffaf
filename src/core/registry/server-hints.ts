import type { Hints } from '../../platform/hints/hints.js';
import type { OrganizationId, ServerId } from '../../platform/ids.js';
import { serverTopic } from './server.js';

/** The topic of hints that something is different about the servers of an organization: which there are, what they offer, to whom. */
export const serversTopic = (organizationId: OrganizationId) => `servers:${organizationId}`;

/** Tells those who look at the server, and those who look at all of its organization. */
export function hintServerChanged(
  hints: Hints,
  { id, organizationId }: { id: ServerId; organizationId: OrganizationId },
  data: { moved: true } | null = null,
): void {
  hints.publish(serverTopic(id), data);
  hints.publish(serversTopic(organizationId));
}
