import { createEgressGuard, type EgressGuard, EgressRefused } from '@app/egress';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { Logger } from '../../platform/logging/logger.js';
import { ScopedSignal } from '../../platform/scoped-signal.js';
import { CONFIG } from '../../platform/tokens.js';

const DEADLINE_MS = 5_000;
/** The draft's own recommendation (client-id-metadata-document, 6.6). */
export const MAX_DOCUMENT_BYTES = 5_120;
/** All at the same time, from whomever: an unknown address names what is fetched. */
const MOST_AT_ONCE = 8;

/** One request asks more than once, and whoever knocks again and again is no reason to. */
const KEPT_MS = 5_000;
const KEPT_AT_MOST = 200;

/** Documents by which clients say who they are, and their keys: addresses of strangers, so behind the guard. */
@Injectable()
export class ClientDocuments implements OnApplicationShutdown {
  private readonly guard: EgressGuard;
  private underWay = 0;
  private readonly kept = new Map<string, { until: number; answer: Promise<Response> }>();

  constructor(
    @Inject(CONFIG) { egress }: Config,
    private readonly logger: Logger,
  ) {
    // Anybody may name an address here, without a sign-in: the machine itself is not for them, in development either.
    this.guard = createEgressGuard({ ...egress, loopback: 'refused' });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.guard.close();
  }

  /** Whole and small, without redirects. @throws where it may not, cannot, or not in time be read */
  async fetch(url: string): Promise<Response> {
    const now = performance.now();
    const known = this.kept.get(url);
    if (known && known.until > now) return (await known.answer).clone();
    const answer = this.read(url);
    answer.catch(() => undefined);
    this.kept.delete(url);
    this.kept.set(url, { until: now + KEPT_MS, answer });
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT_AT_MOST && oldest !== undefined) this.kept.delete(oldest);
    return (await answer).clone();
  }

  private async read(url: string): Promise<Response> {
    if (this.underWay >= MOST_AT_ONCE) throw new Error('Too many client documents are being read.');
    this.underWay += 1;
    const scoped = new ScopedSignal([], DEADLINE_MS);
    try {
      const answer = await this.guard.fetch(url, {
        headers: { accept: 'application/json' },
        redirect: 'manual',
        signal: scoped.signal,
      });
      return await wholly(answer);
    } catch (error) {
      const reason = error instanceof EgressRefused ? error.code : (error as Error).name;
      this.logger.info({ host: URL.parse(url)?.host, reason }, 'a client document was not read');
      throw error;
    } finally {
      scoped.end();
      this.underWay -= 1;
    }
  }
}

/** Within the deadline, and no longer than it may be. */
async function wholly(answer: Response): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_DOCUMENT_BYTES) throw new Error('The client document is too large.');
    chunks.push(chunk);
  }
  const hasBody = answer.status >= 200 && ![204, 205, 304].includes(answer.status);
  return new Response(hasBody ? Buffer.concat(chunks) : null, { status: answer.status, headers: headersOf(answer) });
}

/** What says how long it may be kept; its body is as it is, whatever coding it came in. */
function headersOf({ headers }: Response): Record<string, string> {
  const kept = ['cache-control', 'expires', 'content-type'];
  return Object.fromEntries(
    kept.flatMap((name) => (headers.get(name) === null ? [] : [[name, headers.get(name) ?? '']])),
  );
}
