import { z } from 'zod';
import type { LinkPeek } from '../../../core/inbox/approval-links.service.js';
import { APPROVAL_MAIL_WISHES, type ApprovalMailWish } from '../../../core/inbox/approval-mail-wish.js';
import { toApprovalInfo } from '../../../core/inbox/inbox-views.js';
import { ApprovalView, reason } from './approvals.schemas.js';

export const ApprovalMailsBody = z.strictObject({
  approval_mails: z.enum(APPROVAL_MAIL_WISHES).meta({
    description: '`own`: calls made with your keys, and tools of servers that you registered.',
  }),
});

export const ApprovalMailsView = z
  .object({ approval_mails: z.enum(APPROVAL_MAIL_WISHES) })
  .meta({ id: 'ApprovalMails' });

export const toMailsView = (wish: ApprovalMailWish): z.infer<typeof ApprovalMailsView> => ({ approval_mails: wish });

const token = z.string().min(1).max(128);

export const LinkPeekBody = z.strictObject({ token });

export const LinkDecisionBody = z.strictObject({ token, decision: z.enum(['approve', 'deny']), reason });

export const LinkPeekView = ApprovalView.extend({
  definition: z
    .unknown()
    .meta({ description: 'What is asked about, as the server gave it; null when it is not kept.' }),
  diff: z.unknown().meta({ description: 'Of a definition: what changed since the one that was approved; else null.' }),
  acts_for: z.object({ user_id: z.string(), username: z.string() }).meta({ description: 'In whose name it decides.' }),
}).meta({ id: 'ApprovalLink' });

export const toLinkPeekView = ({ item, actsFor }: LinkPeek): z.infer<typeof LinkPeekView> => ({
  ...toApprovalInfo(item),
  definition: item.definition,
  diff: item.diff,
  acts_for: { user_id: actsFor.userId, username: actsFor.username },
});

export const LinkDecidedView = z.object({ decided: z.literal(true) }).meta({ id: 'ApprovalLinkDecided' });
