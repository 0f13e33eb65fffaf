/** `own`: calls made with one's keys, and tools of servers that one registered. */
export const APPROVAL_MAIL_WISHES = ['none', 'own', 'all'] as const;
export type ApprovalMailWish = (typeof APPROVAL_MAIL_WISHES)[number];

/** To one person at most one mail in this time; what comes meanwhile is in the next one. */
export const BETWEEN_MAILS_MS = 60_000;

/** Those that wait longest are in the mail; of the rest it says how many. */
export const MOST_IN_A_MAIL = 10;
