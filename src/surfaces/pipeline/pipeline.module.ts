import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { IdentityModule } from '../../core/identity/identity.module.js';
import { AuthGuard } from './auth.guard.js';
import { ErrorWriter } from './error-writer.js';
import { EventStreams } from './event-streams.js';
import { ExpectContinue } from './expect-continue.js';
import { DirectRoutes } from './direct-routes.js';
import { CallAnswers } from './call-answers.js';
import { IdempotentRequests } from './idempotent-requests.js';
import { noSurface } from './no-surface.js';
import { RateLimits } from './rate-limits.js';
import { RequestLimits } from './request-limits.js';
import { RequestHooks } from './request-hooks.js';
import { RequestMetrics } from './request-metrics.js';
import { RequestSpans } from './request-spans.js';
import { type Surface, Surfaces } from './surface.js';
import { validationPipe } from './validation.pipe.js';

/** What every surface shares. */
@Global()
@Module({})
export class PipelineModule {
  static with(surfaces: readonly Surface[]): DynamicModule {
    return {
      module: PipelineModule,
      imports: [IdentityModule],
      providers: [
        { provide: Surfaces, useValue: new Surfaces(surfaces, noSurface) },
        AuthGuard,
        CallAnswers,
        DirectRoutes,
        ErrorWriter,
        EventStreams,
        ExpectContinue,
        IdempotentRequests,
        RateLimits,
        RequestHooks,
        RequestLimits,
        RequestMetrics,
        RequestSpans,
        { provide: APP_FILTER, useExisting: ErrorWriter },
        { provide: APP_GUARD, useExisting: AuthGuard },
        { provide: APP_PIPE, useFactory: validationPipe },
      ],
      exports: [
        Surfaces,
        AuthGuard,
        CallAnswers,
        DirectRoutes,
        ErrorWriter,
        EventStreams,
        IdempotentRequests,
        RequestHooks,
        RequestLimits,
      ],
    };
  }
}
