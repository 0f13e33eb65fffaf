import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { ServerId, UserId } from '../../platform/ids.js';
import { JobHandler, type JobRun } from '../../platform/jobs/job.js';
import { checkServer } from './check-server.job.js';
import { DemoServersService } from './demo-servers.service.js';
import { ServerHealthService } from './server-health.service.js';
import { ToolDecisions } from './tool-decisions.service.js';

type Payload = z.infer<typeof checkServer.payload>;

@Injectable()
export class CheckServerHandler extends JobHandler<Payload> {
  readonly job = checkServer;

  constructor(
    private readonly health: ServerHealthService,
    private readonly demoServers: DemoServersService,
    private readonly decisions: ToolDecisions,
  ) {
    super();
  }

  async run({ serverId, anew, approvedBy }: Payload, { signal }: JobRun): Promise<void> {
    const server = await this.health.checkIfThere(serverId as ServerId, { signal, anew });
    // Another process on the same database may have taken its demo server with it.
    if (server?.demo && server.status !== 'online') await this.demoServers.follow();
    if (server?.status !== 'online' || !approvedBy) return;
    const { organizationId, id } = server;
    const person = { organizationId, userId: approvedBy.userId as UserId, username: approvedBy.username };
    await this.decisions.approveCurrent(person, id, 'Signed in to what was configured from the catalogue.');
  }
}
