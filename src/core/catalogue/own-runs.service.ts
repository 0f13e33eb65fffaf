import { Injectable } from '@nestjs/common';
import { DemoServer } from '../registry/demo-server.port.js';
import { ListedPackagesService } from '../registry/listed-packages.service.js';
import type { RunsHere } from './services.js';

/** Which services there are only because this instance runs them. */
@Injectable()
export class OwnRuns {
  constructor(
    private readonly packages: ListedPackagesService,
    private readonly demo: DemoServer,
  ) {}

  async find(): Promise<RunsHere> {
    return { packages: await this.packages.listRunnable(), demo: this.demo.enabled };
  }
}
