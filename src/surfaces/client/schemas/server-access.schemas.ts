import { z } from 'zod';
import { ROLES } from '../../../core/identity/principal.js';
import { ACCESS_LEVELS, ACCESS_MODES, type ServerAccessList } from '../../../core/registry/access.js';
import { idSchema } from '../../../platform/ids.js';

const MOST_GRANTS = 500;

const level = z.enum(ACCESS_LEVELS).meta({ description: 'Each has those before it: `manage` may use, `use` may see.' });
const access = z.enum(ACCESS_MODES).meta({
  description: 'Who has no grant: by `organization` developers use and viewers see; `restricted`: nobody sees it.',
});

export const ServerAccessChange = z
  .strictObject({
    access: access.optional(),
    grants: z
      .array(z.strictObject({ user_id: idSchema('user'), level }))
      .max(MOST_GRANTS)
      .optional()
      .meta({ description: 'All that there are to be: who is not named has no grant any more.' }),
  })
  .transform(({ grants, ...change }) => ({
    ...change,
    grants: grants?.map(({ user_id: userId, ...grant }) => ({ userId, ...grant })),
  }));

export const ServerAccessView = z
  .object({
    access,
    level: level.meta({ description: 'Yours.' }),
    grants: z
      .array(
        z.object({
          user_id: z.string(),
          username: z.string(),
          email: z.string(),
          role: z.enum(ROLES).meta({ description: 'A viewer sees at most, owners and admins manage every server.' }),
          level,
        }),
      )
      .meta({ description: 'Of all, for who manages the server; for others their own.' }),
  })
  .meta({ id: 'McpServerAccess' });

export const toServerAccessView = ({ access, level, grants }: ServerAccessList): z.infer<typeof ServerAccessView> => ({
  access,
  level,
  grants: grants.map((grant) => ({
    user_id: grant.userId,
    username: grant.username,
    email: grant.email,
    role: grant.role,
    level: grant.level,
  })),
});
