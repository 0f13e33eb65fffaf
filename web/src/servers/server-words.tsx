import type { ApprovalPolicy, McpServer } from '../api/types.js';
import type { IconName } from '../ui/icon-name.js';
import { clock } from '../ui/format.js';
import { Icon } from '../ui/icons.js';

export const POLICY_WORDS: Record<ApprovalPolicy, string> = {
  require_approval_all: 'ask before every call',
  require_approval_writes: 'ask before calls that write',
  require_approval_changed: 'ask when a tool is new or changed',
  auto_approve: 'never ask',
};

export const POLICY_SHORT: Record<ApprovalPolicy, string> = {
  require_approval_all: 'asks',
  require_approval_writes: 'asks to write',
  require_approval_changed: 'asks if changed',
  auto_approve: 'never asks',
};

/** What becomes of calls of a server that was away again and again. */
export const CIRCUIT_WORDS = {
  open: (until: string | null) => `held back since it was away${until === null ? '' : `, until ${clock(until)}`}`,
  half_open: () => 'the next one shows whether it is back',
} as const;

const STATUS_ICON: Record<McpServer['status'], IconName> = { online: 'dot', offline: 'ring', error: 'cross' };

/** Nothing of it can be called before somebody has signed in, however it is. */
export const isSignInNeeded = ({ account_status: status }: McpServer): boolean =>
  status != null && status !== 'connected';

/** A server that was never reached is not offline: its first check is under way. */
export function ServerStatus({
  server,
  signedOut = isSignInNeeded(server),
}: {
  server: McpServer;
  signedOut?: boolean;
}) {
  const { status, last_checked } = server;
  if (signedOut) {
    return (
      <span className="server-status" data-status="sign-in">
        <Icon name="diamond" /> sign-in needed
      </span>
    );
  }
  if (last_checked === null) {
    return (
      <span className="server-status" data-status="checking">
        <Icon name="half" /> checking
      </span>
    );
  }
  return (
    <span className="server-status" data-status={status}>
      <Icon name={STATUS_ICON[status] ?? 'unknown'} /> {status}
    </span>
  );
}
