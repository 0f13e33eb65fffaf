import { z } from 'zod';
import type { OrganizationDetails, OrganizationOfMember } from '../../../core/identity/organization.js';
import type { Switched } from '../../../core/identity/organizations.service.js';
import { type Principal, ROLES } from '../../../core/identity/principal.js';
import { idSchema } from '../../../platform/ids.js';
import { PLATFORM_ACCESS_SECONDS } from '../access-seconds.js';
import { envelope, MessageMeta, NoMeta, succeed } from './envelope.js';

const name = z.string().meta({ description: '1 to 100 characters, no control characters; trimmed.' });

export const OrganizationCreate = z.strictObject({ name }).meta({ id: 'OrganizationCreate' });

export const OrganizationUpdate = z.strictObject({ name }).meta({ id: 'OrganizationUpdate' });

export const OrganizationTransfer = z
  .strictObject({ userId: idSchema('user').meta({ description: 'A member, who becomes an owner.' }) })
  .meta({ id: 'OrganizationTransfer' });

const organization = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(ROLES).meta({ description: 'Yours.' }),
    current: z.boolean().meta({ description: 'Whether your sign-in is in it.' }),
    usersCount: z.int(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Organization' });

export const OrganizationDetailsView = envelope(
  z.object({
    organization: z.object({
      id: z.string(),
      name: z.string(),
      plan: z.object({
        id: z.string().meta({ example: 'plan_standard' }),
        name: z.string(),
        features: z.array(z.string()),
      }),
      createdAt: z.iso.datetime(),
      usersCount: z.int(),
      servicesCount: z.int().meta({ description: 'Servers but for the demo server.' }),
    }),
  }),
  NoMeta,
).meta({ id: 'OrganizationDetails' });

export const OrganizationListView = envelope(z.object({ organizations: z.array(organization) }), NoMeta).meta({
  id: 'OrganizationList',
});

export const OrganizationView = envelope(z.object({ organization }), NoMeta).meta({ id: 'OneOrganization' });

const TokenMeta = z.object({ tokenExpires: z.int().meta({ description: 'Seconds.' }) });
const moved = z.object({
  token: z.string().meta({ description: 'The tokens from before end; the refresh token stays.' }),
  organization,
});

export const SwitchedView = envelope(moved, TokenMeta).meta({ id: 'SwitchedOrganization' });

export const LeftView = envelope(moved, TokenMeta.extend(MessageMeta.shape)).meta({ id: 'LeftOrganization' });

export const toOrganizationDetailsView = (found: OrganizationDetails): z.infer<typeof OrganizationDetailsView> =>
  succeed(
    {
      organization: {
        id: found.id,
        name: found.name,
        plan: { id: `plan_${found.plan.id}`, name: found.plan.name, features: [...found.plan.features] },
        createdAt: found.createdAt.toISOString(),
        usersCount: found.use.users,
        servicesCount: found.use.services,
      },
    },
    {},
  );

const toView = (principal: Principal, found: OrganizationOfMember): z.infer<typeof organization> => ({
  id: found.id,
  name: found.name,
  role: found.role,
  current: found.id === principal.organizationId,
  usersCount: found.membersCount,
  createdAt: found.createdAt.toISOString(),
});

export const toOrganizationView = (
  principal: Principal,
  found: OrganizationOfMember,
): z.infer<typeof OrganizationView> => succeed({ organization: toView(principal, found) }, {});

export const toOrganizationListView = (
  principal: Principal,
  found: readonly OrganizationOfMember[],
): z.infer<typeof OrganizationListView> =>
  succeed({ organizations: found.map((organization) => toView(principal, organization)) }, {});

const toMoved = (principal: Principal, { accessToken, organization }: Switched): z.infer<typeof moved> => ({
  token: accessToken,
  organization: toView({ ...principal, organizationId: organization.id }, organization),
});

export const toSwitchedView = (principal: Principal, switched: Switched): z.infer<typeof SwitchedView> =>
  succeed(toMoved(principal, switched), { tokenExpires: PLATFORM_ACCESS_SECONDS });

export const toLeftView = (principal: Principal, switched: Switched): z.infer<typeof LeftView> =>
  succeed(toMoved(principal, switched), {
    tokenExpires: PLATFORM_ACCESS_SECONDS,
    message: 'You left the organization',
  });
