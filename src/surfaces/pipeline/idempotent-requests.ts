import { createHash } from 'node:crypto';
import { canonicalJson } from '@app/task-graph';
import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { AppError } from '../../platform/errors/app-error.js';
import type { Principal } from '../../core/identity/principal.js';
import { Idempotency } from '../../platform/idempotency/idempotency.js';
import type { HttpReply, HttpRequest } from './http-exchange.js';
import { findPrincipal } from './request-principal.js';

export interface RequestAnswer {
  status: number;
  body: unknown;
}

const FORM = /^[\x21-\x7e]{1,255}$/;

/** `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request that is repeated is answered, not done again. */
@Injectable()
export class IdempotentRequests {
  constructor(private readonly idempotency: Idempotency) {}

  /** Sets `Idempotent-Replayed: true` on an answer that was given before. @throws 400, 409, 422 for the key; what `work` throws */
  once(
    request: HttpRequest,
    reply: HttpReply,
    acts: 'at once' | 'when it says so',
    work: () => Promise<RequestAnswer>,
  ): Promise<RequestAnswer> {
    const principal = findPrincipal(request);
    // Most have none: for them there is nothing to wait for.
    if (request.headers['idempotency-key'] === undefined || !principal) return work();
    return this.onceOf(principal, request, reply, acts, work);
  }

  private async onceOf(
    { organizationId, userId }: Principal,
    request: HttpRequest,
    reply: HttpReply,
    acts: 'at once' | 'when it says so',
    work: () => Promise<RequestAnswer>,
  ): Promise<RequestAnswer> {
    const key = keyOf(request);
    const [path = ''] = (request.raw.url ?? '').split('?');
    const scope = { organizationId, userId, endpoint: `${request.method} ${path.slice(0, 500)}`, key };
    let began = false;
    const begin = (when: 'now' | 'before') => {
      began = when === 'now';
      return work();
    };
    const replayed = () => {
      if (!began) reply.header('idempotent-replayed', 'true');
    };
    try {
      const answer = await this.idempotency.once(scope, hashOf(request.body), acts, begin);
      replayed();
      return answer;
    } catch (error) {
      // The refusal that was the first answer; one of the key itself is none.
      if (error instanceof AppError && error.settled) replayed();
      throw error;
    }
  }
}

/** For routes that make something: may be repeated under one `Idempotency-Key`. */
export const Idempotent = () =>
  applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'A repeated request under it is answered as the first one was, for a day.',
    }),
  );

@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly requests: IdempotentRequests) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const work = async () => {
      const body: unknown = await lastValueFrom(next.handle());
      return { status: reply.statusCode, body };
    };
    const { status, body } = await this.requests.once(http.getRequest<FastifyRequest>(), reply, 'at once', work);
    reply.status(status);
    return of(body);
  }
}

function keyOf({ headers }: HttpRequest): string {
  const key = headers['idempotency-key'];
  if (typeof key === 'string' && FORM.test(key)) return key;
  throw new AppError(
    'invalid',
    'IDEMPOTENCY_KEY_INVALID',
    'Idempotency-Key has to be 1 to 255 visible ASCII characters.',
  );
}

/** Of what was sent, however it was spelled. */
function hashOf(body: unknown): string {
  const canonical = canonicalJson(body ?? null);
  return createHash('sha256')
    .update(canonical.ok ? canonical.json : JSON.stringify(body))
    .digest('hex');
}
