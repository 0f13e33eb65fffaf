/** What a span is told of: names of OpenTelemetry's conventions, or of ours below `app.`; never a secret, never contents. */
export type SpanFacts = Record<string, string | number | boolean>;

export interface SpanOptions {
  kind?: 'internal' | 'client' | 'server';
  facts?: SpanFacts;
  /** A `traceparent` (W3C Trace Context) that goes before the span around. */
  parent?: string | undefined;
}

export interface OpenSpan {
  tell(facts: SpanFacts): void;
  /** For a failure that is no exception. @param type a code, which says what happened and to nobody */
  failed(type: string): void;
}

/** A span that is ended by hand, for what is no single function. */
export interface ManualSpan extends OpenSpan {
  rename(name: string): void;
  /** Runs `work` inside the span. */
  run<T>(work: () => T): T;
  end(): void;
}

/** Where time goes, across processes. A trace is one turn of the agent, or one request. */
export abstract class Tracing {
  /** False: nothing is recorded, and what costs to prepare need not be. */
  abstract readonly enabled: boolean;

  /** The `traceparent` of the span around; undefined where there is none, or where it is not recorded. */
  abstract current(): string | undefined;

  abstract begin(name: string, options?: SpanOptions): ManualSpan;

  /** As if `work` were called inside the span that the `traceparent` names, maybe in another process. */
  abstract within<T>(traceparent: string | undefined, work: () => T): T;

  /** Sends what waits, for a moment. */
  abstract stop(): Promise<void>;

  /** A span around `work`; what it throws marks it as failed. */
  async span<T>(name: string, options: SpanOptions, work: (span: OpenSpan) => Promise<T>): Promise<T> {
    const span = this.begin(name, options);
    try {
      return await span.run(() => work(span));
    } catch (error) {
      span.failed(typeOf(error));
      throw error;
    } finally {
      span.end();
    }
  }
}

/** Never the message: it may quote what somebody sent. */
function typeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' && code !== '' ? code : typeof name === 'string' ? name : 'Error';
}

const NO_SPAN: ManualSpan = {
  tell: () => undefined,
  failed: () => undefined,
  rename: () => undefined,
  run: (work) => work(),
  end: () => undefined,
};

class NoTracing extends Tracing {
  readonly enabled = false;
  current(): undefined {
    return undefined;
  }
  begin(): ManualSpan {
    return NO_SPAN;
  }
  within<T>(_traceparent: string | undefined, work: () => T): T {
    return work();
  }
  async stop(): Promise<void> {
    // Nothing waits.
  }
}

export const NO_TRACING: Tracing = new NoTracing();
