import { z } from 'zod';
import type { OrganizationDetails, OrganizationOfMember } from '../../../core/identity/organization.js';
import { PLAN_NAMES } from '../../../core/identity/organization-plan.js';
import type { Switched } from '../../../core/identity/organizations.service.js';
import { type Principal, ROLES } from '../../../core/identity/principal.js';
import { idSchema } from '../../../platform/ids.js';

const name = z.string().meta({ description: '1 to 100 characters, no control characters; trimmed.' });

export const OrganizationCreate = z.strictObject({ name }).meta({ id: 'OrganizationCreate' });

export const OrganizationUpdate = z.strictObject({ name }).meta({ id: 'OrganizationUpdate' });

export const OrganizationTransfer = z
  .strictObject({ user_id: idSchema('user').meta({ description: 'A member, who becomes an owner.' }) })
  .meta({ id: 'OrganizationTransfer' });

export const OrganizationView = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(ROLES).meta({ description: 'Yours.' }),
    current: z.boolean().meta({ description: 'Whether your sign-in is in it.' }),
    members_count: z.int(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Organization' });

export const OrganizationListView = z
  .object({ organizations: z.array(OrganizationView) })
  .meta({ id: 'OrganizationList' });

export const SwitchedView = z
  .object({
    access_token: z.string().meta({ description: 'The access tokens from before end; the refresh token stays.' }),
    organization: OrganizationView,
  })
  .meta({ id: 'Switched' });

export const LeftView = SwitchedView.extend({ status: z.literal('left') }).meta({ id: 'LeftOrganization' });

const limit = z.int().nullable().meta({ description: 'null is no limit.' });

export const OrganizationDetailsView = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(ROLES).meta({ description: 'Yours.' }),
    created_at: z.iso.datetime(),
    plan: z.object({
      id: z.enum(PLAN_NAMES),
      name: z.string(),
      features: z.array(z.string()),
      limits: z.object({ users: limit, services: limit, requests_per_day: limit }),
    }),
    usage: z.object({
      users: z.int(),
      invitations: z.int().meta({ description: 'Open ones that have not expired.' }),
      services: z.int().meta({ description: 'Servers but for the demo server.' }),
      requests_today: z.int().meta({ description: 'Of programs, since midnight UTC.' }),
    }),
  })
  .meta({ id: 'OrganizationDetails' });

export const toOrganizationView =
  (principal: Principal) =>
  (organization: OrganizationOfMember): z.infer<typeof OrganizationView> => ({
    id: organization.id,
    name: organization.name,
    role: organization.role,
    current: organization.id === principal.organizationId,
    members_count: organization.membersCount,
    created_at: organization.createdAt.toISOString(),
  });

export const toOrganizationListView = (
  principal: Principal,
  organizations: readonly OrganizationOfMember[],
): z.infer<typeof OrganizationListView> => ({ organizations: organizations.map(toOrganizationView(principal)) });

export const toSwitchedView = (
  principal: Principal,
  { accessToken, organization }: Switched,
): z.infer<typeof SwitchedView> => ({
  access_token: accessToken,
  organization: toOrganizationView({ ...principal, organizationId: organization.id })(organization),
});

export const toOrganizationDetailsView = (found: OrganizationDetails): z.infer<typeof OrganizationDetailsView> => ({
  id: found.id,
  name: found.name,
  role: found.role,
  created_at: found.createdAt.toISOString(),
  plan: {
    id: found.plan.id,
    name: found.plan.name,
    features: [...found.plan.features],
    limits: {
      users: found.plan.limits.users,
      services: found.plan.limits.services,
      requests_per_day: found.plan.limits.requestsPerDay,
    },
  },
  usage: {
    users: found.use.users,
    invitations: found.use.invitations,
    services: found.use.services,
    requests_today: found.use.requestsToday,
  },
});
