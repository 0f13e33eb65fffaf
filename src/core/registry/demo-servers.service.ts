import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import { newId, type OrganizationId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Logger } from '../../platform/logging/logger.js';
import { ScopedSignal } from '../../platform/scoped-signal.js';
import { checkKey, checkServer } from './check-server.job.js';
import { DemoServer } from './demo-server.port.js';
import { DEFAULT_TIMEOUT_SECONDS, serverTopic, UNCHECKED } from './server.js';
import { ServerHealthService } from './server-health.service.js';
import { ServersRepository } from './servers.repository.js';

const DEMO_NAME = 'Demo server';
const START_MS = 20_000;

/** Keeps the demo server in the registries of the organizations, at the address where it listens. */
@Injectable()
export class DemoServersService implements OnApplicationBootstrap, OnApplicationShutdown {
  private stopFollowing: () => void = () => undefined;

  constructor(
    private readonly database: Database,
    private readonly servers: ServersRepository,
    private readonly health: ServerHealthService,
    private readonly demo: DemoServer,
    private readonly jobs: Jobs,
    private readonly hints: Hints,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.stopFollowing = this.demo.onListening(() => {
      this.follow().catch((error: Error) => this.logger.warn({ err: error }, 'the demo server was not moved'));
    });
  }

  onApplicationShutdown(): void {
    this.stopFollowing();
  }

  /** Registers it in the organization, once, and checks it at once. */
  async register(organizationId: OrganizationId, { signal }: { signal: AbortSignal }): Promise<void> {
    if (!this.demo.enabled) return;
    const url = await this.whenListening(signal);
    const now = this.clock.now();
    await this.servers.insertDemo({
      id: newId('mcp', now.getTime()),
      organizationId,
      name: DEMO_NAME,
      url,
      transport: 'auto',
      authMethod: 'none',
      credentials: null,
      accountVersion: 1,
      timeout: DEFAULT_TIMEOUT_SECONDS,
      sslVerify: true,
      approvalPolicy: 'require_approval_writes',
      ...UNCHECKED,
      demo: true,
      createdAt: now,
      updatedAt: now,
    });
    const server = await this.servers.findDemo(organizationId);
    if (server) await this.health.checkIfThere(server.id, { signal });
  }

  /** Points the demo servers of all organizations to where it listens now. It is the same account as before. */
  async follow(): Promise<void> {
    const url = this.demo.url();
    if (url === undefined) return;
    await this.database.transaction(async () => {
      for (const id of await this.servers.moveDemoServers(url)) {
        await this.jobs.enqueue(checkServer, { serverId: id }, { key: checkKey(id) });
        this.database.afterCommit(() => this.hints.publish(serverTopic(id), { moved: true }));
      }
    });
  }

  private async whenListening(outer: AbortSignal): Promise<string> {
    const scoped = new ScopedSignal([outer], START_MS);
    const { signal } = scoped;
    let stop = () => undefined as void;
    try {
      return await new Promise<string>((resolve, reject) => {
        const late = () => reject(new Error('The demo server does not listen.'));
        if (signal.aborted) late();
        signal.addEventListener('abort', late, { once: true });
        stop = this.demo.onListening(resolve);
      });
    } finally {
      scoped.end();
      stop();
    }
  }
}
