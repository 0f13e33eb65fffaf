import { z } from 'zod';
import type { OrganizationOfInstance } from '../../../core/identity/organization.js';
import { PLAN_NAMES } from '../../../core/identity/organization-plan.js';
import type { PageRequest } from '../../../platform/page.js';
import { pageOf, paginate } from './pagination.js';

export const OrganizationUpdate = z
  .strictObject({
    plan: z.enum(PLAN_NAMES).nullable().meta({ description: 'null: the plan that the setting DEFAULT_PLAN names.' }),
  })
  .meta({ id: 'OrganizationUpdate' });

export const OrganizationView = z
  .object({
    id: z.string(),
    name: z.string(),
    plan: z.enum(PLAN_NAMES),
    plan_name: z.string(),
    plan_is_default: z.boolean().meta({ description: 'It was given no plan of its own.' }),
    users_count: z.int(),
    servers_count: z.int().meta({ description: 'But for the demo server.' }),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Organization' });

export const OrganizationListView = pageOf(OrganizationView).meta({ id: 'OrganizationList' });

export const toOrganizationView = (organization: OrganizationOfInstance): z.infer<typeof OrganizationView> => ({
  id: organization.id,
  name: organization.name,
  plan: organization.plan.id,
  plan_name: organization.plan.name,
  plan_is_default: organization.isPlanOfSettings,
  users_count: organization.usersCount,
  servers_count: organization.servicesCount,
  created_at: organization.createdAt.toISOString(),
});

export const toOrganizationListView = (
  page: PageRequest,
  found: { items: readonly OrganizationOfInstance[]; total: number },
): z.infer<typeof OrganizationListView> => paginate(page, found.items.map(toOrganizationView), found.total);
