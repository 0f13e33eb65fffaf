import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Config } from '../../platform/config/config.js';
import { AppError } from '../../platform/errors/app-error.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { CONFIG } from '../../platform/tokens.js';
import { Public } from '../pipeline/auth.guard.js';
import { isBearer } from './metrics-access.js';

/** The numbers on the port that everybody reaches: only there at all where a token is set. */
@ApiExcludeController()
@Controller('metrics')
@Public('a token of its own, METRICS_TOKEN, opens it')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  async read(
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { token } = this.config.metrics;
    if (token === undefined || !isBearer(authorization, token)) throw notForYou();
    const { contentType, text } = await this.metrics.expose();
    reply.headers({ 'content-type': contentType, 'cache-control': 'no-store' });
    return text;
  }
}

const notForYou = () => new AppError('unauthenticated', 'METRICS_TOKEN_WRONG', 'Send METRICS_TOKEN as a bearer token.');
