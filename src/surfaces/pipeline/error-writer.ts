import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import type { AppError } from '../../platform/errors/app-error.js';
import { Logger } from '../../platform/logging/logger.js';
import { CONFIG } from '../../platform/tokens.js';
import type { HttpReply, HttpRequest } from './http-exchange.js';
import { RequestLimits } from './request-limits.js';
import { requestHead } from './request-path.js';
import { securityHeaders } from './security-headers.js';
import { STATUS } from './http-status.js';
import { Surfaces } from './surface.js';
import { readThrown } from './to-app-error.js';

/** The one place where an error becomes an answer, in the dialect of the path. Nest brings Fastify's errors here too. */
@Injectable()
@Catch()
export class ErrorWriter implements ExceptionFilter {
  private readonly always: Record<string, string>;

  constructor(
    private readonly surfaces: Surfaces,
    private readonly limits: RequestLimits,
    private readonly logger: Logger,
    @Inject(CONFIG) config: Config,
  ) {
    this.always = securityHeaders(config);
  }

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.write(thrown, http.getRequest<HttpRequest>(), http.getResponse<HttpReply>());
  }

  /** @param more headers, that go before those of the dialect */
  write(thrown: unknown, request: HttpRequest, reply: HttpReply, more: Record<string, string> = {}): void {
    const error = readThrown(thrown);
    const head = requestHead(request);
    if (reply.sent || reply.raw.headersSent || reply.raw.destroyed) {
      this.logger.debug({ route: head.path, refusal: error.code }, 'failed after the answer had begun');
      if (reply.raw.headersSent) reply.raw.destroy();
      return;
    }
    this.tell(error, request.id, head.path);
    const { status, headers, body } = this.surfaces.of(head).writeError(error, { requestId: request.id });
    this.limits.tell(request);
    // Some faults come before any hook has run.
    reply.status(status);
    reply.headers({ 'x-request-id': request.id, ...this.always, ...headers, ...more });
    // As bytes: to text Fastify adds a charset, which this media type does not have.
    reply.send(Buffer.from(JSON.stringify(body)));
  }

  private tell(error: AppError, requestId: string, route: string): void {
    const facts = { requestId, route, refusal: error.code };
    // A stranger's tool that fails is nothing of ours, and is in the request log.
    if (error.kind === 'upstream_failed') this.logger.warn(facts, 'a server failed');
    else if (STATUS[error.kind] >= 500) this.logger.error({ ...facts, err: error.cause ?? error }, 'request failed');
  }
}
