import { Injectable } from '@nestjs/common';
import { Hints } from '../../platform/hints/hints.js';
import { isId, type ServerId, type ServiceId } from '../../platform/ids.js';
import { ScopedSignal } from '../../platform/scoped-signal.js';
import { Activity } from '../activity/activity.service.js';
import type { Principal } from '../identity/principal.js';
import type { VisibleServer } from '../registry/access.js';
import { ConfiguredServersService, type ServiceSetup } from '../registry/configured-servers.service.js';
import { DemoServersService } from '../registry/demo-servers.service.js';
import { type ConnectionReport, failureOf, reportUnsigned } from '../registry/observation.js';
import { MAX_NAME_LENGTH } from '../registry/server.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { ServerHealthService } from '../registry/server-health.service.js';
import { isSameOrigin } from '../registry/server-url.js';
import { ServersService } from '../registry/servers.service.js';
import { ToolDecisions } from '../registry/tool-decisions.service.js';
import { applyConfig, checkConfig } from './apply-config.js';
import type { Config } from './config.js';
import { CatalogueService } from './catalogue.service.js';
import { configIsInvalid, configurationRefused, serverOfOtherService, serviceFailed } from './catalogue.errors.js';
import { serviceNotFound, serviceUnavailable } from './catalogue.errors.js';
import { OwnRuns } from './own-runs.service.js';
import type { CatalogueEntry, DescribedService } from './service.js';
import { serviceTopic } from './service-topic.js';
import { keptOf } from './service-sign-in.js';
import type { ServiceWay } from './service-way.js';
import { fieldsOfOwn, findOwnProblems, isDemo, readEntry } from './services.js';
import { ServicesRepository } from './services.repository.js';

export interface ConfigureInput {
  config: Readonly<Record<string, unknown>>;
  /** Of a new server; the service's own, with a number where that is taken, unless said. */
  name?: string | undefined;
  /** The one to change; another one is made unless said. */
  serverId?: ServerId | undefined;
}

export interface Configured {
  server: VisibleServer;
  report: ConnectionReport;
}

type Wait = { signal: AbortSignal };

/** Longer than the longest check. */
const TEST_MS = 45_000;
const MOST_NAMES = 50;

/** Makes services into servers: checked, kept, and tried at once. */
@Injectable()
export class ConfigurationService {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly services: ServicesRepository,
    private readonly configured: ConfiguredServersService,
    private readonly servers: ServersService,
    private readonly access: ServerAccess,
    private readonly health: ServerHealthService,
    private readonly decisions: ToolDecisions,
    private readonly demos: DemoServersService,
    private readonly ownRuns: OwnRuns,
    private readonly activity: Activity,
    private readonly hints: Hints,
  ) {}

  /**
   * What it is now is what it was tested with: its definitions are approved by whoever configured it.
   * @throws 400 VALIDATION_ERROR naming the fields, 403, 404, 409 SERVICE_UNAVAILABLE
   */
  async configure(
    principal: Principal,
    id: ServiceId | ServerId,
    input: ConfigureInput,
    wait: Wait,
  ): Promise<Configured> {
    const saved = isId('mcp', id)
      ? await this.saveOwn(principal, id, input)
      : await this.saveService(principal, id, input, wait);
    const tested = await this.test(principal, saved, wait);
    if (tested.report.ok && saved.serviceId !== null) {
      await this.decisions.approveCurrent(principal, saved.id, 'Configured from the catalogue.');
    }
    return tested;
  }

  /**
   * The same with the one server that an organization has of a service, for those who know of services only.
   * @throws as `configure`; 400 SERVICE_UNCONFIGURED or 502 where the test fails, after it was saved
   */
  async configureOne(
    principal: Principal,
    id: ServiceId | ServerId,
    { config }: Pick<ConfigureInput, 'config'>,
    wait: Wait,
  ): Promise<DescribedService> {
    const { servers } = await this.catalogue.get(principal, id);
    const serverId = servers.find(({ level }) => level === 'manage')?.id;
    const { server, report } = await this.configure(principal, id, { config, serverId }, wait);
    if (!report.ok) throw refusalOf(server, report);
    return this.catalogue.get(principal, id);
  }

  private async saveService(
    principal: Principal,
    id: ServiceId,
    input: ConfigureInput,
    wait: Wait,
  ): Promise<VisibleServer> {
    const entry = await this.services.find(id);
    if (!entry) throw serviceNotFound();
    const { found } = readEntry(entry, await this.ownRuns.find());
    if (!found.ok) throw serviceUnavailable(found.reason);
    if (!entry.enabled) throw serviceUnavailable('an administrator of this instance took it out of the catalogue.');
    const { serverId, name } = input;
    const server = serverId === undefined ? undefined : await this.access.get(principal, serverId, 'manage');
    if (server && server.serviceId !== id) throw serverOfOtherService();
    if (isDemo(entry)) return this.kept(principal, entry, await this.obtainDemo(principal, entry, input, wait));
    if (!server) {
      const setup = this.setupOf(entry, found.way, input.config, {});
      const make = (free: string) => this.configured.create(principal, { ...setup, name: free });
      return this.kept(principal, entry, await made(make, { wished: name, usual: setup.name }));
    }
    const before = keptOf(this.configured.configOf(server), input.config);
    const again = this.setupOf(entry, found.way, input.config, before);
    // Whoever may change the server could else have a secret of a colleague sent to a place of their own.
    const setup = mayKeepSecrets(server, before, again) ? again : this.setupOf(entry, found.way, input.config, {});
    return this.kept(principal, entry, await this.configured.reconfigure(principal, server.id, setup));
  }

  private setupOf(
    entry: CatalogueEntry,
    way: ServiceWay,
    entered: ConfigureInput['config'],
    before: Parameters<typeof checkConfig>[2],
  ): ServiceSetup {
    const { config, problems } = checkConfig(way.fields, entered, before);
    if (problems.length > 0) throw configIsInvalid(problems);
    const { applied, problems: misfits } = applyConfig(way, config);
    if (misfits.length > 0) throw configIsInvalid(misfits);
    return {
      ...applied,
      serviceId: entry.id,
      name: entry.title,
      description: entry.description,
      authMethod: authMethodOf(way, config),
    };
  }

  /** An organization has one of it, and it is the one that this instance runs. */
  private async obtainDemo(
    principal: Principal,
    { id: serviceId, title, description }: CatalogueEntry,
    { config, name }: ConfigureInput,
    wait: Wait,
  ): Promise<VisibleServer> {
    const { problems } = checkConfig([], config);
    if (problems.length > 0) throw configIsInvalid(problems);
    const make = (free: string) => this.demos.obtain(principal, { serviceId, description, name: free }, wait);
    return made(make, { wished: name, usual: title });
  }

  private async kept(principal: Principal, entry: CatalogueEntry, server: VisibleServer): Promise<VisibleServer> {
    const { organizationId } = principal;
    await this.activity.record({
      organizationId,
      action: 'service.configured',
      subject: { kind: 'service', id: entry.id, name: entry.title },
      details: { server_id: server.id },
    });
    this.hints.publish(serviceTopic(`${organizationId} ${entry.id}`));
    return server;
  }

  private async saveOwn(
    principal: Principal,
    id: ServerId,
    { config: entered }: ConfigureInput,
  ): Promise<VisibleServer> {
    const server = await this.access.get(principal, id, 'manage');
    const { config, problems } = checkConfig(fieldsOfOwn(server), entered);
    problems.push(...findOwnProblems(config));
    if (problems.length > 0) throw configIsInvalid(problems);
    const { url, apiKey, header, accessToken } = config as Readonly<Record<string, string | undefined>>;
    if (Object.keys(config).length === 0) return server;
    return this.servers.update(principal, id, {
      url,
      ...(apiKey !== undefined && { authMethod: 'api_key' as const, credentials: { apiKey, header } }),
      ...(apiKey === undefined &&
        accessToken !== undefined && { authMethod: 'oauth' as const, credentials: { accessToken } }),
    });
  }

  private async test(principal: Principal, { id }: VisibleServer, { signal }: Wait): Promise<Configured> {
    const scoped = new ScopedSignal([signal], TEST_MS);
    try {
      const { report } = await this.health.examine(principal, id, { signal: scoped.signal }).catch(reportUnsigned);
      return { server: await this.access.get(principal, id, 'see'), report };
    } finally {
      scoped.end();
    }
  }
}

function authMethodOf(way: ServiceWay, config: Config): ServiceSetup['authMethod'] {
  if (way.runs === 'remote' && way.signsIn) return 'oauth';
  return way.fields.some(({ secret, key }) => secret && config[key] !== undefined) ? 'api_key' : 'none';
}

function mayKeepSecrets(
  server: VisibleServer,
  before: Config,
  { url, transport, configuration }: ServiceSetup,
): boolean {
  if (transport !== 'stdio') return server.transport !== 'stdio' && isSameOrigin(url, server.url);
  const { config } = configuration;
  const keys = new Set([...Object.keys(before), ...Object.keys(config)]);
  return url === server.url && [...keys].every((key) => String(before[key]) === String(config[key]));
}

function refusalOf({ id }: VisibleServer, report: ConnectionReport) {
  const saved = { serverId: id, checks: report.checks };
  const isRefused = report.checks.some(({ name, status }) => name === 'auth' && status === 'failed');
  return isRefused ? configurationRefused(failureOf(report), saved) : serviceFailed(failureOf(report), saved);
}

/** With the usual name a number where that is taken. */
async function made(
  make: (name: string) => Promise<VisibleServer>,
  { wished, usual }: { wished: string | undefined; usual: string },
): Promise<VisibleServer> {
  if (wished !== undefined) return make(wished);
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : ` ${number}`;
    try {
      return await make(usual.slice(0, MAX_NAME_LENGTH - suffix.length) + suffix);
    } catch (error) {
      if (number === MOST_NAMES || (error as { code?: string }).code !== 'SERVER_NAME_TAKEN') throw error;
    }
  }
}
