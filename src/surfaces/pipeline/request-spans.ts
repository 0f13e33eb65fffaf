import { Injectable } from '@nestjs/common';
import { type ManualSpan, Tracing } from '../../platform/tracing/tracing.js';
import type { HttpRequest } from './http-exchange.js';
import { requestHead } from './request-path.js';
import { Surfaces } from './surface.js';

/** A span around each request of a documented surface, in the trace that its caller names. */
@Injectable()
export class RequestSpans {
  private readonly spans = new WeakMap<HttpRequest, ManualSpan>();

  constructor(
    private readonly tracing: Tracing,
    private readonly surfaces: Surfaces,
  ) {}

  /** Calls `done`, which goes on with the request, inside the span. */
  open(request: HttpRequest, done: () => void): void {
    if (!this.tracing.enabled || !this.surfaces.find(requestHead(request))) return done();
    const { method, headers, id, is404 } = request;
    const { traceparent } = headers;
    const route = is404 ? 'unknown' : request.routeOptions.url;
    const span = this.tracing.begin(`${method} ${route}`, {
      kind: 'server',
      parent: typeof traceparent === 'string' ? traceparent : undefined,
      facts: { 'http.request.method': method, 'http.route': route ?? 'unknown', 'app.request_id': id },
    });
    this.spans.set(request, span);
    span.run(done);
  }

  close(request: HttpRequest, status: number): void {
    if (!this.tracing.enabled) return;
    const span = this.spans.get(request);
    span?.tell({ 'http.response.status_code': status });
    if (status >= 500) span?.failed(String(status));
    span?.end();
  }
}
