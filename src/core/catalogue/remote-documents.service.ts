import { causesOf, createEgressGuard, type EgressGuard, EgressRefused, readText } from '@app/egress';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { ScopedSignal } from '../../platform/scoped-signal.js';
import { CONFIG } from '../../platform/tokens.js';
import { egressRefused } from '../registry/registry.errors.js';
import { importFailed } from './catalogue.errors.js';

const DEADLINE_MS = 15_000;
const MOST_BYTES = 4 * 1_024 * 1_024;

/** Reads JSON from addresses that people name: through the egress guard, in time, and not more than is bearable. */
@Injectable()
export class RemoteDocuments implements OnApplicationShutdown {
  private readonly guard: EgressGuard;

  constructor(@Inject(CONFIG) { egress }: Config) {
    this.guard = createEgressGuard(egress);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.guard.close();
  }

  /** @throws 400 EGRESS_REFUSED, IMPORT_FAILED; nothing of what the address answered is told */
  async read(url: string, { signal }: { signal: AbortSignal }): Promise<unknown> {
    const scoped = new ScopedSignal([signal], DEADLINE_MS);
    try {
      const headers = { accept: 'application/json' };
      const answer = await this.guard.fetch(url, { signal: scoped.signal, headers });
      if (!answer.ok) {
        await answer.body?.cancel();
        throw importFailed(`the address answered with HTTP ${answer.status}.`);
      }
      return parse(await readText(answer, MOST_BYTES));
    } catch (error) {
      const refused = [...causesOf(error)].find((one) => one instanceof EgressRefused);
      if (refused) throw egressRefused(refused);
      if (scoped.timedOut) throw importFailed(`the address did not answer within ${DEADLINE_MS / 1_000} s.`);
      if ((error as { code?: string }).code === 'IMPORT_FAILED') throw error;
      signal.throwIfAborted();
      throw importFailed('the address cannot be reached.');
    } finally {
      scoped.end();
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw importFailed('what the address answered is no JSON.');
  }
}
