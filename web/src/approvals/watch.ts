import { isRecord } from '@app/session-protocol/client';
import { approvalsChanged, countsQuery } from '../api/approval-queries.js';
import type { ApprovalCounts } from '../api/approval-types.js';
import { queryClient } from '../api/queries.js';
import { followEvents } from '../api/stream.js';
import { announce } from '../ui/announcer.js';
import { visible } from '../ui/visible.js';

const AGAIN_MS = [1_000, 2_000, 5_000, 15_000];
const HIDDEN_MS = 30_000;

/**
 * Keeps what the page knows of approvals true until it is stopped. A tab that is seen follows the stream, and asks
 * again where that breaks; one that is hidden only asks now and then, for all tabs share six connections to a host.
 */
export function watchApprovals(): () => void {
  const stopped = new AbortController();
  void watch(stopped.signal);
  return () => stopped.abort();
}

async function watch(signal: AbortSignal): Promise<void> {
  for (let failed = 0; !signal.aborted; failed += 1) {
    if (document.visibilityState === 'visible') {
      const hidden = new AbortController();
      const hide = () => {
        if (document.visibilityState === 'hidden') hidden.abort();
      };
      document.addEventListener('visibilitychange', hide);
      const take = ({ event, data }: { event: string; data: unknown }) => {
        failed = -1;
        told(event, data);
      };
      await followEvents('GET', '/approvals/events', { signal: AbortSignal.any([signal, hidden.signal]), take }).catch(
        () => undefined,
      );
      document.removeEventListener('visibilitychange', hide);
    }
    const visible = document.visibilityState === 'visible';
    await pause(visible ? (AGAIN_MS[Math.max(0, failed)] ?? HIDDEN_MS) : HIDDEN_MS, signal);
    if (!signal.aborted) approvalsChanged();
  }
}

function told(event: string, data: unknown): void {
  if (event === 'counts' && isCounts(data)) {
    queryClient.setQueryData(countsQuery.queryKey, data);
    return;
  }
  if (event === 'approval_requested') {
    const approval = isRecord(data) && isRecord(data.approval) ? data.approval : {};
    const title = typeof approval.title === 'string' ? `: ${visible(approval.title)}` : '';
    announce(`Approval needed${title}.`, 'assertive');
  }
  approvalsChanged();
}

const isCounts = (data: unknown): data is ApprovalCounts =>
  isRecord(data) && ['pending', 'calls', 'nodes', 'tools'].every((name) => typeof data[name] === 'number');

/** Ends early when the tab comes to the front, or it is stopped. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    document.addEventListener('visibilitychange', done);
    signal.addEventListener('abort', done);
  });
}
