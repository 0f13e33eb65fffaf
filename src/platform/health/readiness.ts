import { Lifecycle } from '../lifecycle.js';
import type { Logger } from '../logging/logger.js';

export interface CheckResult {
  status: 'ok' | 'failed';
  ms: number;
}

export interface ReadinessReport {
  status: 'starting' | 'ready' | 'degraded' | 'not_ready' | 'draining';
  checks: Record<string, CheckResult>;
}

/** @throws when what it checks cannot be worked with; why goes into the log, never into an answer */
export type Check = () => void | Promise<void>;

/** A check that says nothing for so long has failed. */
const CHECK_MS = 2_000;
/** Whoever asks more often gets the last answer. */
const FRESH_MS = 1_000;

/** Whether this process can do its work now; what it needs is added by the part that needs it. */
export class Readiness {
  private readonly checks = new Map<string, { check: Check; needed: boolean }>();
  private readonly failing = new Set<string>();
  private hasBegun = false;
  private last: { at: number; report: Promise<ReadinessReport> } | undefined;

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly logger: Logger,
  ) {}

  /** @param needed false: the process is of use without it, and taking all of them away would help nobody */
  add(name: string, check: Check, { needed = true } = {}): void {
    this.checks.set(name, { check, needed });
  }

  /** All checks are there: before, nobody is to be sent to a port that is open already. */
  begin(): void {
    this.hasBegun = true;
  }

  async report(): Promise<ReadinessReport> {
    if (!this.hasBegun) return { status: 'starting', checks: {} };
    const now = performance.now();
    if (!this.last || now - this.last.at >= FRESH_MS) this.last = { at: now, report: this.look() };
    const report = await this.last.report;
    // Known without a look, and wanted at once: nobody is to be sent here any more.
    return this.lifecycle.isDraining ? { ...report, status: 'draining' } : report;
  }

  private async look(): Promise<ReadinessReport> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, { check, needed }]) => ({
        name,
        needed,
        result: await this.run(name, check),
      })),
    );
    const failed = results.filter(({ result }) => result.status === 'failed');
    const without = failed.length === 0 ? 'ready' : 'degraded';
    return {
      status: failed.some(({ needed }) => needed) ? 'not_ready' : without,
      checks: Object.fromEntries(results.map(({ name, result }) => [name, result])),
    };
  }

  private async run(name: string, check: Check): Promise<CheckResult> {
    const started = performance.now();
    const ms = () => Math.round(performance.now() - started);
    try {
      await within(CHECK_MS, check);
      if (this.failing.delete(name)) this.logger.info({ check: name }, 'check passes again');
      return { status: 'ok', ms: ms() };
    } catch (error) {
      // Once, not with each probe.
      if (!this.failing.has(name)) this.logger.warn({ check: name, reason: (error as Error).message }, 'check fails');
      this.failing.add(name);
      return { status: 'failed', ms: ms() };
    }
  }
}

async function within(ms: number, check: Check): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${ms} ms.`)), ms);
  });
  try {
    await Promise.race([check(), late]);
  } finally {
    clearTimeout(timer);
  }
}
