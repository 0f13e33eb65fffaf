import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from '../logging/logger.js';
import { withLogFields } from '../logging/logger.js';
import { tellingExporter } from './telling-exporter.js';
import { readTraceparent, writeTraceparent } from './traceparent.js';
import { type ManualSpan, type SpanOptions, Tracing } from './tracing.js';

export interface OtelOptions {
  /** Of the collector, without the path. */
  endpoint: string;
  headers: Record<string, string>;
  serviceName: string;
  /** Of all traces, 0 to 1. */
  ratio: number;
  version: string;
  processId: string;
  logger: Logger;
}

/** What waits for the collector; more is dropped, and nobody waits for it. */
const WAITING_AT_MOST = 2_048;
const BATCH = 512;
const SEND_EVERY_MS = 2_000;
const SEND_MS = 5_000;
const STOP_MS = 2_000;
const LONGEST_FACT = 500;

const KINDS = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT, server: SpanKind.SERVER };

/** Spans of OpenTelemetry, sent as OTLP over HTTP. Nothing is registered globally: two applications do not meet. */
export class OtelTracing extends Tracing {
  readonly enabled = true;
  private readonly around = new AsyncLocalStorage<Context>();
  private readonly provider: TracerProvider;
  private readonly tracer: Tracer;

  constructor({ endpoint, headers, serviceName, ratio, version, processId, logger }: OtelOptions) {
    super();
    const exporter = new OTLPTraceExporter({
      url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
      headers,
      timeoutMillis: SEND_MS,
      concurrencyLimit: 2,
    });
    const sampler = new TraceIdRatioBasedSampler(ratio);
    this.provider = new TracerProvider({
      resource: resourceFromAttributes({
        'service.name': serviceName,
        'service.version': version,
        'service.instance.id': processId,
      }),
      // A stranger's "record this" counts as much as our own ratio lets it.
      sampler: new ParentBasedSampler({ root: sampler, remoteParentSampled: sampler }),
      spanLimits: { attributeValueLengthLimit: LONGEST_FACT },
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: tellingExporter(exporter, logger),
          maxQueueSize: WAITING_AT_MOST,
          maxExportBatchSize: BATCH,
          scheduledDelayMillis: SEND_EVERY_MS,
          exportTimeoutMillis: SEND_MS,
        }),
      ],
    });
    this.tracer = this.provider.getTracer('switchyard', version);
  }

  current(): string | undefined {
    const span = trace.getSpanContext(this.around.getStore() ?? ROOT_CONTEXT);
    if (!span) return undefined;
    return writeTraceparent({ ...span, sampled: (span.traceFlags & TraceFlags.SAMPLED) !== 0 });
  }

  begin(name: string, { kind = 'internal', facts = {}, parent }: SpanOptions = {}): ManualSpan {
    const before = contextOf(parent) ?? this.around.getStore() ?? ROOT_CONTEXT;
    const span = this.tracer.startSpan(name, { kind: KINDS[kind], attributes: facts }, before);
    const inside = trace.setSpan(before, span);
    return {
      tell: (more) => void span.setAttributes(more),
      failed: (type) => fail(span, type),
      rename: (other) => void span.updateName(other),
      run: (work) => this.around.run(inside, () => withLogFields({ traceId: span.spanContext().traceId }, work)),
      end: () => span.end(),
    };
  }

  within<T>(traceparent: string | undefined, work: () => T): T {
    const address = readTraceparent(traceparent);
    const context = contextOf(traceparent);
    if (!address || !context) return work();
    return this.around.run(context, () => withLogFields({ traceId: address.traceId }, work));
  }

  async stop(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_MS);
    });
    await Promise.race([this.provider.shutdown().catch(() => undefined), enough]);
    clearTimeout(timer);
  }
}

function fail(span: Span, type: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', type);
}

function contextOf(traceparent: string | undefined): Context | undefined {
  const address = readTraceparent(traceparent);
  if (!address) return undefined;
  const { traceId, spanId, sampled } = address;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
