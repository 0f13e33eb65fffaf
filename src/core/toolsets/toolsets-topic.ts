import type { OrganizationId } from '../../platform/ids.js';

/** Hints that a toolset of the organization changed, or how it shows tools. */
export const toolsetsTopic = (id: OrganizationId) => `toolsets:${id}`;
