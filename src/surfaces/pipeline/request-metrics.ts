import { Injectable } from '@nestjs/common';
import { Metrics } from '../../platform/metrics/metrics.js';
import type { HttpRequest } from './http-exchange.js';
import { requestHead } from './request-path.js';
import { Surfaces } from './surface.js';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** How long requests take, by route: the pattern, never an address. */
@Injectable()
export class RequestMetrics {
  private readonly durations;

  constructor(
    metrics: Metrics,
    private readonly surfaces: Surfaces,
  ) {
    this.durations = metrics.durations({
      name: 'app_http_request_duration_seconds',
      help: 'How long HTTP requests took, until the last byte was handed over.',
      labels: ['surface', 'route', 'method', 'status'],
    });
  }

  seen(request: HttpRequest, status: number, elapsedMs: number): void {
    const { is404, method, routeOptions } = request;
    const pattern = is404 ? undefined : routeOptions.url;
    this.durations.observe(
      {
        surface: (pattern !== undefined && this.surfaces.find(requestHead(request))?.name) || 'none',
        route: pattern ?? 'unknown',
        method: METHODS.has(method) ? method : 'other',
        status,
      },
      elapsedMs / 1_000,
    );
  }
}
