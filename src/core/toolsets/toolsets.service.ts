import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import { newId, type ServerId, type ToolsetId } from '../../platform/ids.js';
import type { ActivityAction, ActivityDetails } from '../activity/activity.js';
import { Activity } from '../activity/activity.service.js';
import type { Principal } from '../identity/principal.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { findEntryProblems } from './entry-problems.js';
import { SeenServers } from './seen-servers.service.js';
import { isInAudience, MAX_TOOLSETS, mayChange } from './toolset.js';
import type { NewToolset, Toolset, ToolsetChange, ToolsetEntry } from './toolset.js';
import { offerOf, type SeenServer, type ToolsetOffer } from './toolset-offer.js';
import {
  entriesAreInvalid,
  handleTaken,
  namesCollide,
  toolsetIsNotYours,
  toolsetNotFound,
  tooManyToolsets,
} from './toolsets.errors.js';
import { ToolsetsRepository } from './toolsets.repository.js';
import { hintToolsetsChanged } from './toolsets-topic.js';

/** A toolset, and what it comes to with what the servers offer now. */
export interface DescribedToolset {
  toolset: Toolset;
  offer: ToolsetOffer;
  servers: ReadonlyMap<ServerId, SeenServer>;
  mayChange: boolean;
}

/** Named selections of tools in an organization. */
@Injectable()
export class ToolsetsService {
  constructor(
    private readonly database: Database,
    private readonly toolsets: ToolsetsRepository,
    private readonly access: ServerAccess,
    private readonly servers: SeenServers,
    private readonly activity: Activity,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /** Those that are meant for the caller, or that they may change; by name. */
  async list(principal: Principal): Promise<Toolset[]> {
    const all = await this.toolsets.list(principal.organizationId);
    return all.filter((toolset) => isInAudience(principal, toolset) || mayChange(principal, toolset));
  }

  /** @throws 404 */
  async get(principal: Principal, id: ToolsetId): Promise<DescribedToolset> {
    return this.describe(principal, await this.require(principal, id));
  }

  /** What entries would come to; nothing is kept. @throws 400 for entries that cannot be */
  async preview(principal: Principal, entries: readonly ToolsetEntry[]): Promise<Omit<DescribedToolset, 'toolset'>> {
    await this.check(principal, entries, []);
    return { ...(await this.resolve(principal, entries)), mayChange: true };
  }

  /** @throws 400 for entries that cannot be, 409 for the handle, names that collide, and one too many */
  async create(principal: Principal, wanted: NewToolset): Promise<DescribedToolset> {
    const { userId, organizationId } = principal;
    await this.check(principal, wanted.entries, []);
    await this.refuseCollisions(principal, wanted.entries);
    const now = this.clock.now();
    const toolset: Toolset = {
      ...wanted,
      id: newId('tst', now.getTime()),
      organizationId,
      createdBy: userId,
      createdAt: now,
      updatedBy: userId,
      updatedAt: now,
    };
    await this.database.transaction(async () => {
      await this.toolsets.lockOrganization(organizationId);
      const others = await this.toolsets.list(organizationId);
      if (others.length >= MAX_TOOLSETS) throw tooManyToolsets();
      await this.save(toolset, others);
      await this.record('toolset.created', toolset, { handle: toolset.handle });
    });
    return this.describe(principal, toolset);
  }

  /** @throws as `create`, 403 and 404 */
  async update(principal: Principal, id: ToolsetId, change: ToolsetChange): Promise<DescribedToolset> {
    const before = await this.require(principal, id);
    if (!mayChange(principal, before)) throw toolsetIsNotYours();
    if (change.entries) {
      await this.check(principal, change.entries, before.entries);
      await this.refuseCollisions(principal, change.entries);
    }
    const { organizationId, userId } = principal;
    const toolset = await this.database.transaction(async () => {
      await this.toolsets.lockOrganization(organizationId);
      const others = await this.toolsets.list(organizationId);
      const current = others.find((other) => other.id === id);
      if (!current) throw toolsetNotFound();
      const after = { ...current, ...given(change), updatedBy: userId, updatedAt: this.clock.now() };
      await this.save(after, others);
      await this.record('toolset.changed', after, { fields: Object.keys(given(change)) });
      return after;
    });
    return this.describe(principal, toolset);
  }

  /** @throws 403, 404 */
  async remove(principal: Principal, id: ToolsetId): Promise<void> {
    const toolset = await this.require(principal, id);
    if (!mayChange(principal, toolset)) throw toolsetIsNotYours();
    await this.database.transaction(async () => {
      await this.toolsets.remove(id);
      await this.record('toolset.deleted', toolset, { handle: toolset.handle });
      this.tell(toolset);
    });
  }

  private async require(principal: Principal, id: ToolsetId): Promise<Toolset> {
    const toolset = await this.toolsets.find(principal.organizationId, id);
    if (!toolset || !(isInAudience(principal, toolset) || mayChange(principal, toolset))) throw toolsetNotFound();
    return toolset;
  }

  /** What was there before may stay, though its server is gone. @throws 400 */
  private async check(
    principal: Principal,
    entries: readonly ToolsetEntry[],
    before: readonly ToolsetEntry[],
  ): Promise<void> {
    const known = new Set([
      ...(await this.access.listLevels(principal)).keys(),
      ...before.map(({ serverId }) => serverId),
    ]);
    const issues = findEntryProblems(entries, known);
    if (issues.length > 0) throw entriesAreInvalid(issues);
  }

  private async refuseCollisions(principal: Principal, entries: readonly ToolsetEntry[]): Promise<void> {
    const { collisions } = (await this.resolve(principal, entries)).offer;
    if (collisions.length > 0) throw namesCollide(collisions);
  }

  private async describe(principal: Principal, toolset: Toolset): Promise<DescribedToolset> {
    const maintains = mayChange(principal, toolset);
    const levels = await this.access.listLevels(principal);
    const entries = toolset.entries.filter(({ serverId }) => maintains || levels.has(serverId));
    return { toolset: { ...toolset, entries }, ...(await this.resolve(principal, entries)), mayChange: maintains };
  }

  /** By what the caller sees of the servers. */
  private async resolve(
    principal: Principal,
    entries: readonly ToolsetEntry[],
  ): Promise<Pick<DescribedToolset, 'offer' | 'servers'>> {
    const levels = await this.access.listLevels(principal);
    const ids = [...new Set(entries.map(({ serverId }) => serverId))].filter((id) => levels.has(id));
    const seen = await Promise.all(ids.map(async (id) => this.servers.look(id)));
    const servers = new Map(seen.flatMap((server) => (server ? [[server.id, server] as const] : [])));
    return { offer: offerOf(entries, servers), servers };
  }

  private async save(toolset: Toolset, others: readonly Toolset[]): Promise<void> {
    if (others.some(({ id, handle }) => id !== toolset.id && handle === toolset.handle)) throw handleTaken();
    await this.toolsets.save(toolset);
    this.tell(toolset);
  }

  private tell({ organizationId }: Toolset): void {
    this.database.afterCommit(() => hintToolsetsChanged(this.hints, organizationId));
  }

  private async record(
    action: ActivityAction,
    { organizationId, id, name }: Toolset,
    details: ActivityDetails,
  ): Promise<void> {
    await this.activity.record({ organizationId, action, subject: { kind: 'toolset', id, name }, details });
  }
}

const given = (change: ToolsetChange): Partial<NewToolset> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
