import { createEgressGuard, type EgressGuard, EgressRefused } from '@app/egress';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { ScopedSignal } from '../../platform/scoped-signal.js';
import { CONFIG } from '../../platform/tokens.js';
import { webhookNeedsHttps, webhookUrlRefused } from './webhook.errors.js';

export interface Reply {
  /** HTTP status; null where there was no answer. */
  status: number | null;
  /** What went wrong, or how the endpoint refused, for people; null after a 2xx. */
  error: string | null;
}

const ATTEMPT_MS = 15_000;
const CONNECT_MS = 10_000;
const MOST_READ_BYTES = 4_096;
const MOST_TOLD_LENGTH = 500;

/** The one way to the endpoints of webhooks, behind a guard. */
@Injectable()
export class WebhookEgress implements OnApplicationShutdown {
  private readonly guard: EgressGuard;

  constructor(@Inject(CONFIG) { egress }: Config) {
    this.guard = createEgressGuard(egress);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.guard.close();
  }

  /**
   * Judges an address before it is kept; each delivery judges it again.
   * @throws 400 where it may not be called, or would carry what it is told over the public internet in the clear
   */
  async refuseForbidden(url: string): Promise<void> {
    const isPlain = new URL(url).protocol === 'http:';
    try {
      const { reason } = await this.guard.check(url);
      if (isPlain && reason === 'public') throw webhookNeedsHttps();
    } catch (error) {
      if (!(error instanceof EgressRefused)) throw error;
      // A name that is not known yet may be soon; each delivery says so until then.
      if (error.code !== 'EGRESS_UNRESOLVED') throw webhookUrlRefused(error);
      if (isPlain) throw webhookNeedsHttps();
    }
  }

  /** Sends a message once. Redirects are answers, too. @throws only when `signal` aborts */
  async post(url: string, body: string, headers: Record<string, string>, signal: AbortSignal): Promise<Reply> {
    const scoped = new ScopedSignal([signal], ATTEMPT_MS);
    try {
      const response = await this.guard.fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'Switchyard-Webhooks/1', ...headers },
        body,
        redirect: 'manual',
        connectTimeoutMs: CONNECT_MS,
        signal: scoped.signal,
      });
      const said = await readSome(response);
      return { status: response.status, error: response.ok ? null : describeRefusal(response.status, said) };
    } catch (error) {
      signal.throwIfAborted();
      if (scoped.timedOut) return { status: null, error: `No answer within ${ATTEMPT_MS / 1_000} seconds.` };
      return { status: null, error: describeFault(error) };
    } finally {
      scoped.end();
    }
  }
}

/** The beginning of the body; a longer one is cut off with its connection. */
async function readSome(response: Response): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size >= MOST_READ_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MOST_READ_BYTES).toString('utf8');
}

function describeRefusal(status: number, said: string): string {
  if (status >= 300 && status < 400) return `It answered with a redirect (${status}), which is not followed.`;
  const told = said.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim();
  return (told === '' ? `It answered ${status}.` : `It answered ${status}: ${told}`).slice(0, MOST_TOLD_LENGTH);
}

function describeFault(error: unknown): string {
  if (error instanceof EgressRefused) return error.message;
  const { code } = ((error as { cause?: unknown } | null)?.cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? `It could not be reached (${code}).` : 'It could not be reached.';
}
