import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { SessionId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Liveness } from '../../platform/jobs/liveness.js';
import { PROCESS_ID } from '../../platform/tokens.js';
import { runNode } from './run-node.job.js';

const LOOK_AGAIN_MS = 5_000;

/** Who runs what. A claim is `<process>:<random>`; it is held while its process lives and has not let it go. */
@Injectable()
export class RunClaims {
  private readonly held = new Set<string>();

  constructor(
    @Inject(PROCESS_ID) private readonly processId: string,
    private readonly liveness: Liveness,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  take(): string {
    const claim = `${this.processId}:${randomUUID()}`;
    this.held.add(claim);
    return claim;
  }

  release(claim: string): void {
    this.held.delete(claim);
  }

  async isHeld(claim: string | null): Promise<boolean> {
    if (claim === null) return false;
    const [processId = ''] = claim.split(':', 1);
    if (processId === this.processId) return this.held.has(claim);
    return this.liveness.isAlive(processId);
  }

  /** For a second job of a run that somebody holds: it may still die. */
  async askAgainLater(sessionId: SessionId, nodeId: string, attempt: number): Promise<undefined> {
    const runAt = new Date(this.clock.now().getTime() + LOOK_AGAIN_MS);
    await this.jobs.enqueue(
      runNode,
      { sessionId, nodeId, attempt },
      { runAt, key: `${sessionId}:${nodeId}:${attempt}` },
    );
  }
}
