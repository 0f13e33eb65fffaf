import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { OrganizationId } from '../../platform/ids.js';
import { JobHandler, type JobRun } from '../../platform/jobs/job.js';
import { organizationCreated } from '../identity/organization-created.job.js';
import { DemoServersService } from './demo-servers.service.js';

type Payload = z.infer<typeof organizationCreated.payload>;

/** A new organization finds the demo server in its registry. */
@Injectable()
export class FurnishOrganizationHandler extends JobHandler<Payload> {
  readonly job = organizationCreated;

  constructor(private readonly demoServers: DemoServersService) {
    super();
  }

  async run({ organizationId }: Payload, { signal }: JobRun): Promise<void> {
    await this.demoServers.register(organizationId as OrganizationId, { signal });
  }
}
