import { Injectable } from '@nestjs/common';
import type { ServerId, SessionId } from '../../platform/ids.js';
import type { Page, PageRequest } from '../../platform/page.js';
import type { Principal } from '../identity/principal.js';
import { PlansService } from '../plans/plans.service.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { ServersService } from '../registry/servers.service.js';
import type { Session } from '../sessions/session.js';
import { ModelChoice } from './model-choice.js';
import type { OfferedModel } from './language-models.port.js';
import { SessionModels } from './session-models.service.js';
import { SessionForks } from '../sessions/session-forks.service.js';
import { SessionsService } from '../sessions/sessions.service.js';

export interface SessionSummary {
  session: Session;
  serverName: string;
  /** The one that answers next. */
  model: OfferedModel;
  /** Tasks that wait for a person. */
  pending: number;
  forkedFrom: { sessionId: SessionId; title: string | null; afterSeq: number } | null;
}

/** Sessions with what a list of them shows. */
@Injectable()
export class SessionListService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly servers: ServersService,
    private readonly access: ServerAccess,
    private readonly plans: PlansService,
    private readonly choice: ModelChoice,
    private readonly models: SessionModels,
    private readonly forks: SessionForks,
  ) {}

  async list(principal: Principal, page: PageRequest, serverId?: ServerId): Promise<Page<SessionSummary>> {
    const found = await this.sessions.list(principal, page, serverId);
    return { ...found, items: await this.summarise(found.items) };
  }

  async get(principal: Principal, id: SessionId): Promise<SessionSummary> {
    return this.summariseOne(await this.sessions.get(principal, id));
  }

  async change(
    principal: Principal,
    id: SessionId,
    { title, model }: { title?: string | undefined; model?: string | null | undefined },
  ): Promise<SessionSummary> {
    // First, as it may be refused.
    if (model !== undefined) await this.models.choose(principal, id, model);
    if (title !== undefined) await this.sessions.rename(principal, id, title);
    return this.get(principal, id);
  }

  async create(
    principal: Principal,
    serverId: ServerId,
    { title, model }: { title?: string | undefined; model?: string | undefined } = {},
  ): Promise<SessionSummary> {
    await this.access.require(principal, serverId, 'use');
    const chosen = model === undefined ? undefined : this.choice.find(model).id;
    return this.summariseOne(await this.sessions.create(principal, serverId, { title, model: chosen }));
  }

  private async summariseOne(session: Session): Promise<SessionSummary> {
    const [summary] = await this.summarise([session]);
    const model = this.choice.resolve(session.model);
    return summary ?? { session, serverName: '', model, pending: 0, forkedFrom: null };
  }

  private async summarise(sessions: readonly Session[]): Promise<SessionSummary[]> {
    const pending = await this.plans.countPending(sessions.map(({ id }) => id));
    const serverIds = [...new Set(sessions.map(({ serverId }) => serverId))];
    const servers = await Promise.all(serverIds.map((id) => this.servers.findForJob(id)));
    const names = new Map(servers.flatMap((server) => (server ? [[server.id, server.name]] : [])));
    const titles = await this.forks.titlesOf(sessions.flatMap(({ forkedFrom }) => forkedFrom ?? []));
    return sessions.map((session) => ({
      session,
      serverName: names.get(session.serverId) ?? 'a removed server',
      model: this.choice.resolve(session.model),
      pending: pending.get(session.id) ?? 0,
      forkedFrom: originOf(session, titles),
    }));
  }
}

const originOf = ({ forkedFrom, forkedAtSeq }: Session, titles: ReadonlyMap<SessionId, string>) =>
  forkedFrom && { sessionId: forkedFrom, title: titles.get(forkedFrom) ?? null, afterSeq: forkedAtSeq ?? 0 };
