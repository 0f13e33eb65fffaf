import { z } from 'zod';
import type { SentInvitation } from '../../../core/identity/invitation.js';
import { ROLES } from '../../../core/identity/principal.js';
import { envelope, MessageMeta, NoMeta, succeed } from './envelope.js';

export const InvitationCreate = z
  .strictObject({
    email: z.string().meta({ example: 'user@example.com' }),
    role: z.enum(ROLES).meta({ description: 'At most your own.' }),
  })
  .meta({ id: 'InvitationCreate' });

export const InvitationAccept = z
  .strictObject({ token: z.string().max(256).meta({ description: 'From the link in the mail, behind its #.' }) })
  .meta({ id: 'InvitationAccept' });

const invitation = z
  .object({
    id: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    invitedBy: z.string().nullable().meta({ description: 'The username; null when they are gone.' }),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    expired: z.boolean(),
  })
  .meta({ id: 'Invitation' });

export const InvitationListView = envelope(z.object({ invitations: z.array(invitation) }), NoMeta).meta({
  id: 'InvitationList',
});

export const InvitationSentView = envelope(z.object({ invitation }), MessageMeta).meta({ id: 'InvitationSent' });

export const InvitationRevokedView = envelope(z.object({}), MessageMeta).meta({ id: 'InvitationRevoked' });

export const INVITATION_REVOKED: z.infer<typeof InvitationRevokedView> = succeed({}, { message: 'Invitation revoked' });

const toView = (found: SentInvitation): z.infer<typeof invitation> => ({
  id: found.id,
  email: found.email,
  role: found.role,
  invitedBy: found.invitedBy,
  createdAt: found.createdAt.toISOString(),
  expiresAt: found.expiresAt.toISOString(),
  expired: found.expired,
});

export const toInvitationSentView = (found: SentInvitation): z.infer<typeof InvitationSentView> =>
  succeed({ invitation: toView(found) }, { message: 'Invitation sent' });

export const toInvitationListView = (found: readonly SentInvitation[]): z.infer<typeof InvitationListView> =>
  succeed({ invitations: found.map(toView) }, {});
