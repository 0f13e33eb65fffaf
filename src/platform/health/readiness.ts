import { Lifecycle } from '../lifecycle.js';
import type { Logger } from '../logging/logger.js';

export interface CheckResult {
  status: 'ok' | 'failed';
  ms: number;
}

export interface ReadinessReport {
  status: 'ready' | 'not_ready' | 'draining';
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
  private readonly checks = new Map<string, Check>();
  private readonly failing = new Set<string>();
  private last: { at: number; report: Promise<ReadinessReport> } | undefined;

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly logger: Logger,
  ) {}

  add(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  async report(): Promise<ReadinessReport> {
    const now = performance.now();
    if (!this.last || now - this.last.at >= FRESH_MS) this.last = { at: now, report: this.look() };
    const report = await this.last.report;
    // Known without a look, and wanted at once: nobody is to be sent here any more.
    return this.lifecycle.isDraining ? { ...report, status: 'draining' } : report;
  }

  private async look(): Promise<ReadinessReport> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await this.run(name, check)] as const),
    );
    const ready = results.every(([, { status }]) => status === 'ok');
    return { status: ready ? 'ready' : 'not_ready', checks: Object.fromEntries(results) };
  }

  private async run(name: string, check: Check): Promise<CheckResult> {
    const started = performance.now();
    const ms = () => Math.round(performance.now() - started);
    try {
      await within(CHECK_MS, check);
      if (this.failing.delete(name)) this.logger.info({ check: name }, 'ready again');
      return { status: 'ok', ms: ms() };
    } catch (error) {
      // Once, not with each probe.
      if (!this.failing.has(name)) this.logger.warn({ check: name, reason: (error as Error).message }, 'not ready');
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
