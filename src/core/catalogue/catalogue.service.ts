import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Hints } from '../../platform/hints/hints.js';
import { isId, type ServerId, type ServiceId } from '../../platform/ids.js';
import type { Soon } from '@app/soon';
import type { PageRequest } from '../../platform/page.js';
import type { Principal } from '../identity/principal.js';
import type { VisibleServer } from '../registry/access.js';
import { HintedCache } from '../registry/hinted-cache.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { serviceNotFound, serviceUnconfigured } from './catalogue.errors.js';
import { OwnRuns } from './own-runs.service.js';
import { serviceTopic } from './service-topic.js';
import type { CatalogueEntry, DescribedService, Service, ServicePage } from './service.js';
import { describeEntry, readEntry, serviceOfServer, toService } from './services.js';
import { ServicesRepository } from './services.repository.js';

const SERVERS_AT_A_TIME = 500;
const MOST_KNOWN = 1_000;
/** A server that came or went without a hint counts after this long. */
const MAX_AGE_MS = 4_000;

/** What may become a server, and which servers an organization has made of it. */
@Injectable()
export class CatalogueService implements OnModuleDestroy {
  private readonly known: HintedCache<ServerId[]>;

  constructor(
    private readonly services: ServicesRepository,
    private readonly access: ServerAccess,
    private readonly ownRuns: OwnRuns,
    hints: Hints,
  ) {
    this.known = new HintedCache(hints, { topic: serviceTopic, size: MOST_KNOWN, maxAgeMs: MAX_AGE_MS });
  }

  onModuleDestroy(): void {
    this.known.close();
  }

  /** Entries, and the organization's servers that came of none; an administrator of the instance sees all entries. */
  async list(principal: Principal, filter: string, page: PageRequest): Promise<ServicePage> {
    const servers = await this.listServers(principal);
    const own = servers.filter(({ serviceId }) => serviceId === null);
    const { ids, total } = await this.services.search(
      {
        own: own.map(({ id, name, description }) => ({ id, name, description: description ?? '' })),
        used: servers.flatMap(({ serviceId }) => serviceId ?? []),
        all: principal.instanceAdministrator,
      },
      filter,
      page,
    );
    const services = await this.toServices(ids, servers);
    return { services, total, ...(page.page * page.size < total && { next: page.page + 1 }) };
  }

  /** @throws 404 */
  async get(principal: Principal, id: ServiceId | ServerId): Promise<DescribedService> {
    if (isId('mcp', id)) return serviceOfServer(await this.access.get(principal, id, 'see'));
    const entry = await this.services.find(id);
    const servers = (await this.listServers(principal)).filter(({ serviceId }) => serviceId === id);
    if (!entry || !isShown(entry, principal, servers)) throw serviceNotFound();
    return describeEntry(entry, readEntry(entry, await this.ownRuns.find()), servers);
  }

  /**
   * The organization's server of a service, for whoever lets in themselves: nothing is asked of the database for long.
   * Of several the oldest that one may use.
   * @throws 404 for what is no service, 400 SERVICE_UNCONFIGURED for one that no server was made of
   */
  resolve(principal: Principal, id: string): Soon<ServerId> {
    return isId('mcp', id) ? id : this.resolveService(principal, id);
  }

  private async resolveService(principal: Principal, id: string): Promise<ServerId> {
    if (!isId('svc', id)) throw serviceNotFound();
    const { organizationId, userId } = principal;
    const found = await this.known.get(`${organizationId} ${id}`, () => this.services.listServers(id, organizationId));
    const [first, ...others] = found;
    if (first === undefined) {
      // Whether there is such a service is told to who may see it.
      await this.get(principal, id);
      throw serviceUnconfigured();
    }
    if (others.length === 0) return first;
    for (const serverId of found) if (await this.access.mayUse({ userId, organizationId, serverId })) return serverId;
    return first;
  }

  private async toServices(ids: readonly string[], servers: readonly VisibleServer[]): Promise<Service[]> {
    const here = await this.ownRuns.find();
    const entries = new Map((await this.services.findAll(ids)).map((entry) => [entry.id as string, entry]));
    return ids.flatMap((id): Service[] => {
      const entry = entries.get(id);
      if (entry) {
        const made = servers.filter(({ serviceId }) => serviceId === id);
        return [toService(entry, readEntry(entry, here), made)];
      }
      const server = servers.find((one) => one.id === id);
      return server ? [serviceOfServer(server)] : [];
    });
  }

  private async listServers(principal: Principal): Promise<VisibleServer[]> {
    const all: VisibleServer[] = [];
    for (let page: number | undefined = 1; page !== undefined;) {
      const { items, next } = await this.access.list(principal, { page, size: SERVERS_AT_A_TIME });
      all.push(...items);
      page = next;
    }
    return all;
  }
}

const isShown = ({ enabled }: CatalogueEntry, principal: Principal, servers: readonly VisibleServer[]): boolean =>
  enabled || principal.instanceAdministrator || servers.length > 0;
