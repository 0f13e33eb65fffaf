import { randomUUID } from 'node:crypto';
import type { Database } from '../database/database.js';
import { DEAD_AFTER_SECONDS } from './worker-presence.js';

/**
 * Who runs what. A claim is `<process>:<random>`, kept with the work that it is for; it is held while its process
 * lives and has not let it go. A job that finds work under a claim that nobody holds may take it over.
 */
export class Claims {
  private readonly held = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly processId: string,
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
    return processId === this.processId ? this.held.has(claim) : this.isAlive(processId);
  }

  /** By the beat that worker processes write each second. */
  private async isAlive(processId: string): Promise<boolean> {
    const rows = await this.database.sql(
      'select id from worker_processes where id = $1 and seen_at > now() - make_interval(secs => $2)',
      [processId, DEAD_AFTER_SECONDS],
    );
    return rows.length > 0;
  }
}
