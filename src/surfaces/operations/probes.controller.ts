import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Readiness, type ReadinessReport } from '../../platform/health/readiness.js';
import { Public } from '../pipeline/auth.guard.js';

/** For whoever starts, stops and routes to processes: is it alive, and should it get work? */
@ApiExcludeController()
@Controller()
@Public('an orchestrator has no account; nothing is told but yes and no')
export class ProbesController {
  constructor(private readonly readiness: Readiness) {}

  /** Asks nobody else: a process is not to be restarted because its database is away. */
  @Get('livez')
  @Header('cache-control', 'no-store')
  live(): { status: 'alive' } {
    return { status: 'alive' };
  }

  @Get('readyz')
  @Header('cache-control', 'no-store')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessReport> {
    const report = await this.readiness.report();
    reply.status(report.status === 'ready' || report.status === 'degraded' ? 200 : 503);
    return report;
  }
}
