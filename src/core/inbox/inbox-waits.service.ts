import { Injectable } from '@nestjs/common';
import { Hints } from '../../platform/hints/hints.js';
import type { ApprovalId } from '../../platform/ids.js';
import { approvalTopic } from '../approvals/approval-request.js';
import { hasEnded } from '../execution/held-call-waits.service.js';
import type { Principal } from '../identity/principal.js';
import { type InboxDetail, InboxService } from './inbox.service.js';

/** A hint may be lost. */
const LOOK_AGAIN_MS = 1_000;
export const MAX_WAIT_SECONDS = 60;

/** Waits until a request has come to its end; of a held call, until it is known what became of it. */
@Injectable()
export class InboxWaits {
  constructor(
    private readonly inbox: InboxService,
    private readonly hints: Hints,
  ) {}

  /** As it is then, or after so long. @throws 404 */
  async get(principal: Principal, id: ApprovalId, waitMs: number, signal: AbortSignal): Promise<InboxDetail> {
    const until = performance.now() + Math.min(waitMs, MAX_WAIT_SECONDS * 1_000);
    let wake: () => void = () => undefined;
    let rung = false;
    const ring = () => {
      rung = true;
      wake();
    };
    const unsubscribe = this.hints.subscribe(approvalTopic(id), ring);
    signal.addEventListener('abort', ring);
    try {
      for (;;) {
        rung = false;
        const detail = await this.inbox.get(principal, id);
        const leftMs = until - performance.now();
        if (isOver(detail) || leftMs <= 0 || signal.aborted) return detail;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(leftMs, LOOK_AGAIN_MS));
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
          // Told while it was looked.
          if (rung) wake();
        });
      }
    } finally {
      unsubscribe();
      signal.removeEventListener('abort', ring);
    }
  }
}

const isOver = ({ status, call }: InboxDetail): boolean => (call ? hasEnded(call) : status !== 'pending');
