import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logging/logger.js';

type Export = SpanExporter['export'];

/** Says in the log when spans begin to be lost and when they arrive again; the SDK says nothing. */
export function tellingExporter(exporter: SpanExporter, logger: Logger): SpanExporter {
  let lost = 0;
  const export_: Export = (spans, done) => {
    exporter.export(spans, (result) => {
      // 0 is success; the SDK gives the list of codes in another package.
      const failed = Number(result.code) !== 0;
      if (failed && lost === 0) logger.warn({ reason: result.error?.message }, 'traces do not reach their collector');
      if (!failed && lost > 0) logger.info({ lost }, 'traces reach their collector again');
      lost = failed ? lost + spans.length : 0;
      done(result);
    });
  };
  return {
    export: export_,
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  };
}
