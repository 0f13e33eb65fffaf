import type { Interruption } from '@app/mcp-client';
import { Injectable } from '@nestjs/common';
import { Hints } from '../../platform/hints/hints.js';
import type { ApprovalId } from '../../platform/ids.js';
import { approvalTopic } from '../approvals/approval-request.js';
import type { Principal } from '../identity/principal.js';
import type { HeldCallView } from './held-call.js';
import { HeldCalls } from './held-calls.service.js';

/** A hint that it was decided or has ended may be lost. */
const LOOK_AGAIN_MS = 1_000;
export const MAX_WAIT_SECONDS = 60;

/** Waits for what becomes of a held call. */
@Injectable()
export class HeldCallWaits {
  constructor(
    private readonly held: HeldCalls,
    private readonly hints: Hints,
  ) {}

  /** Until it has ended one way or the other, at most so long; as it is then. @throws 404 */
  async view(principal: Principal, id: ApprovalId, waitMs: number, signal: Interruption): Promise<HeldCallView> {
    const until = performance.now() + Math.min(waitMs, MAX_WAIT_SECONDS * 1_000);
    const news = new News(signal);
    const unsubscribe = this.hints.subscribe(approvalTopic(id), () => news.tell());
    try {
      for (;;) {
        news.forget();
        const view = await this.held.view(principal, id);
        const leftMs = until - performance.now();
        if (hasEnded(view) || leftMs <= 0 || signal.aborted) return view;
        await news.heard(Math.min(leftMs, LOOK_AGAIN_MS));
      }
    } finally {
      unsubscribe();
      news.end();
    }
  }
}

export const hasEnded = ({ status, state }: Pick<HeldCallView, 'status' | 'state'>): boolean =>
  status === 'approved' ? state === 'finished' : status !== 'pending';

/** Remembers between two looks that there was some. */
class News {
  private fresh = false;
  private wake: () => void = () => undefined;
  private readonly onAbort = () => this.tell();

  constructor(private readonly signal: Interruption) {
    signal.addEventListener('abort', this.onAbort);
  }

  tell(): void {
    this.fresh = true;
    this.wake();
  }

  forget(): void {
    this.fresh = false;
  }

  end(): void {
    this.signal.removeEventListener('abort', this.onAbort);
  }

  async heard(ms: number): Promise<void> {
    if (this.fresh) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
