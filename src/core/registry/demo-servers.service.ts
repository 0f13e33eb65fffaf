import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import { newId, type OrganizationId, type ServiceId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Logger } from '../../platform/logging/logger.js';
import { ScopedSignal } from '../../platform/scoped-signal.js';
import type { Principal } from '../identity/principal.js';
import type { VisibleServer } from './access.js';
import { checkKey, checkServer } from './check-server.job.js';
import { DemoServer } from './demo-server.port.js';
import { demoServerIsAway } from './registry.errors.js';
import { DEFAULT_TIMEOUT_SECONDS, type McpServer, serverTopic, UNCHECKED } from './server.js';
import { ServerAccess } from './server-access.service.js';
import { ServerChanges } from './server-changes.service.js';
import { ServerHealthService } from './server-health.service.js';
import { ServersRepository } from './servers.repository.js';

const DEMO_NAME = 'Demo server';
const START_MS = 20_000;
/** By then its process has ended as well. */
const ENDED_MS = 4_000;
/** Whoever obtains it examines it at once; this is for one who dies meanwhile. */
const CHECK_AFTER_SETUP_MS = 60_000;

/** Keeps the demo server in the registries of the organizations, at the address where it listens. */
@Injectable()
export class DemoServersService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private stopFollowing: () => void = () => undefined;

  constructor(
    private readonly database: Database,
    private readonly servers: ServersRepository,
    private readonly changes: ServerChanges,
    private readonly access: ServerAccess,
    private readonly health: ServerHealthService,
    private readonly demo: DemoServer,
    private readonly jobs: Jobs,
    private readonly hints: Hints,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.stopFollowing = this.demo.onListening(() => {
      this.arrive().catch((error: Error) => this.logger.warn({ err: error }, 'the demo server was not moved'));
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopFollowing();
    await this.leave().catch((error: Error) => this.logger.warn({ err: error }, 'the demo server was not handed over'));
  }

  /** Registers it in the organization, once, and checks it at once. */
  async register(organizationId: OrganizationId, { signal }: { signal: AbortSignal }): Promise<void> {
    if (!this.demo.enabled) return;
    const url = await this.whenListening(signal);
    const now = this.clock.now();
    await this.servers.insertDemo({
      id: newId('mcp', now.getTime()),
      organizationId,
      accountVersion: 1,
      clientFeatures: [],
      ...UNCHECKED,
      ...placeAt(url),
      name: DEMO_NAME,
      description: null,
      serviceId: await this.servers.findDemoService(),
      createdBy: null,
      access: 'organization',
      createdAt: now,
      updatedAt: now,
    });
    const server = await this.servers.findDemo(organizationId);
    if (server) await this.health.checkIfThere(server.id, { signal });
  }

  /**
   * The one of the organization; where it was deleted it is made again, unchecked.
   * @throws 403, 409 when the name is taken, 503 while it does not listen
   */
  async obtain(
    principal: Principal,
    setup: { serviceId: ServiceId; name: string; description: string },
    { signal }: { signal: AbortSignal },
  ): Promise<VisibleServer> {
    const known = await this.servers.findDemo(principal.organizationId);
    if (known) return this.access.get(principal, known.id, 'manage');
    const url = await this.whenListening(signal).catch(() => {
      throw demoServerIsAway();
    });
    const runAt = new Date(this.clock.ms() + CHECK_AFTER_SETUP_MS);
    try {
      return await this.changes.add(principal, (base) => ({ ...base, ...placeAt(url), ...setup }), { runAt });
    } catch (error) {
      // Somebody else of the organization was faster.
      const other = await this.servers.findDemo(principal.organizationId);
      if (!other) throw error;
      return this.access.get(principal, other.id, 'manage');
    }
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

  /** What was checked before it listened was found away. */
  private async arrive(): Promise<void> {
    await this.follow();
    await this.checkThoseHere({ offline: true }, this.clock.now());
  }

  /** It ends with this process: another one, which has its own, finds it gone in a moment instead of a minute. */
  private async leave(): Promise<void> {
    await this.checkThoseHere({}, new Date(this.clock.ms() + ENDED_MS));
  }

  private async checkThoseHere(which: { offline?: boolean }, runAt: Date): Promise<void> {
    const url = this.demo.url();
    if (url === undefined) return;
    for (const id of await this.servers.listDemosAt(url, which)) {
      await this.jobs.enqueue(checkServer, { serverId: id }, { key: checkKey(id), runAt });
    }
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

const placeAt = (url: string) =>
  ({
    url,
    requestHeaders: {},
    secretId: null,
    transport: 'auto',
    authMethod: 'none',
    oauth: null,
    credentials: null,
    timeout: DEFAULT_TIMEOUT_SECONDS,
    sslVerify: true,
    approvalPolicy: 'require_approval_writes',
    demo: true,
  }) as const satisfies Partial<McpServer>;
