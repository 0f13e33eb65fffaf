import type { Hints } from '../../platform/hints/hints.js';
import type { OrganizationId } from '../../platform/ids.js';
import { serversTopic } from '../registry/server-hints.js';

/** Hints that a toolset of the organization changed, or how it shows tools. */
export const toolsetsTopic = (id: OrganizationId) => `toolsets:${id}`;

/** Tells also those who look at what is offered in all of the organization. */
export function hintToolsetsChanged(hints: Hints, organizationId: OrganizationId): void {
  hints.publish(toolsetsTopic(organizationId));
  hints.publish(serversTopic(organizationId));
}
