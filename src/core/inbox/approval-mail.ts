import { composeMail } from '../identity/mail-page.js';
import type { Mail } from '../identity/mailer.port.js';
import type { ApprovalRequest } from '../approvals/approval-request.js';

export interface ToldRequest {
  request: ApprovalRequest;
  link: string;
}

interface MailParts {
  to: string;
  origin: string;
  requests: readonly ToldRequest[];
  /** Waits as well. */
  more: number;
}

/** Says who wants what and why, but not with which arguments: those are behind the link. */
export function approvalMail({ to, origin, requests, more }: MailParts): Mail {
  const [only] = requests;
  const count = requests.length + more;
  const subject =
    count === 1 && only
      ? `${only.request.tool} on ${only.request.serverName} waits for you`
      : `${count} requests wait for you at Switchyard`;
  return composeMail({
    to,
    subject: subject.replace(/[\r\n]+/g, ' ').slice(0, 200),
    before: [count === 1 ? 'One request waits for your decision.' : `${count} requests wait for your decision.`],
    entries: requests.map(({ request, link }) => ({
      about: describe(request),
      button: { label: 'See it and decide', link },
    })),
    after: [
      ...(more > 0 ? [`${more} more are in the inbox: ${origin}/approvals`] : []),
      'A link decides once, in your name, without a sign-in: do not pass it on. Opening it decides nothing.',
      `What you are mailed about is your choice: ${origin}/settings`,
    ],
  });
}

function describe({ kind, title, tool, serverName, why, requestedBy, viaName, expiresAt }: ApprovalRequest): string[] {
  const what = kind === 'tool' ? 'The definition of a tool' : 'A call';
  const through = viaName === null ? '' : ` through “${viaName}”`;
  const who = requestedBy ? `, asked for by ${requestedBy.name}${through}` : '';
  return [
    `${what}: ${tool} on ${serverName} (${title})${who}.`,
    `Why it waits: ${why}.`,
    ...(expiresAt ? [`It waits until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.`] : []),
  ];
}
