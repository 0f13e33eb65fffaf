import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { ServerId } from '../../platform/ids.js';
import type { Principal } from '../identity/principal.js';
import { hasLevel } from '../registry/access.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { ToolHistory, type ToolHistoryOf } from '../registry/tool-history.service.js';
import { AffectedRepository, type AffectedThings } from './affected.repository.js';

export type ToolDetailsOf = ToolHistoryOf & { affected: AffectedThings };

const LATELY_MS = 30 * 24 * 3_600_000;

/** All that somebody needs to decide about a definition. */
@Injectable()
export class ToolDetails {
  constructor(
    private readonly history: ToolHistory,
    private readonly access: ServerAccess,
    private readonly affected: AffectedRepository,
    private readonly clock: Clock,
  ) {}

  /** Of others' plans, sessions and keys only who manages the server learns. @throws 404, 502 */
  async get(principal: Principal, serverId: ServerId, name: string): Promise<ToolDetailsOf> {
    const history = await this.history.get(principal, serverId, name);
    const level = await this.access.require(principal, serverId, 'see');
    const since = new Date(this.clock.ms() - LATELY_MS);
    const userId = hasLevel(level, 'manage') ? undefined : principal.userId;
    return { ...history, affected: await this.affected.find({ serverId, tool: name, userId, since }) };
  }
}
