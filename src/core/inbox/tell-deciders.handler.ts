import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import type { ApprovalId, UserId } from '../../platform/ids.js';
import { JobHandler } from '../../platform/jobs/job.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { tellDeciders } from '../approvals/tell-deciders.job.js';
import { hasLevel } from '../registry/access.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { BETWEEN_MAILS_MS } from './approval-mail-wish.js';
import { ApprovalMailsRepository, type Reader } from './approval-mails.repository.js';
import { gatherMail } from './gather-mail.job.js';
import { InboxRepository, type StoredRequest } from './inbox.repository.js';

type Payload = z.infer<typeof tellDeciders.payload>;

/** Several that come together are in one mail. */
const GATHER_MS = 2_000;

/** Notes for whom a request is to be in the next mail: those who may decide on it and want to hear of it. */
@Injectable()
export class TellDecidersHandler extends JobHandler<Payload> {
  readonly job = tellDeciders;

  constructor(
    private readonly database: Database,
    private readonly inbox: InboxRepository,
    private readonly mails: ApprovalMailsRepository,
    private readonly access: ServerAccess,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run({ approvalId, origin }: Payload): Promise<void> {
    const request = await this.inbox.find(approvalId as ApprovalId);
    if (request?.status !== 'pending') return;
    const readers = await this.readersOf(request);
    if (readers.length === 0) return;
    const now = this.clock.now();
    await this.database.transaction(async () => {
      await this.mails.add(
        readers.map(({ userId }) => userId),
        request.id,
        now,
      );
      for (const { userId, mailedAt } of readers) {
        const soonest = (mailedAt?.getTime() ?? 0) + BETWEEN_MAILS_MS;
        const runAt = new Date(Math.max(now.getTime() + GATHER_MS, soonest));
        await this.jobs.enqueue(gatherMail, { userId, origin }, { runAt, key: `approval-mail:${userId}` });
      }
    });
  }

  private async readersOf(request: StoredRequest): Promise<Reader[]> {
    const levels = await this.access.listLevelsAt(request.serverId);
    const least = request.kind === 'tool' ? 'manage' : 'use';
    const deciders = [...levels].flatMap(([id, level]) => (hasLevel(level, least) ? [id] : []));
    const owner = await this.ownerOf(request);
    const readers = await this.mails.listReaders(deciders);
    return readers.filter(({ userId, wish }) => wish === 'all' || (wish === 'own' && userId === owner));
  }

  /** Whose it is: of a call whoever's program made it, of a definition whoever registered the server. */
  private async ownerOf(request: StoredRequest): Promise<UserId | null> {
    if (request.kind === 'tool') return this.mails.findRegistrant(request.serverId);
    const isOfProgram = request.via === 'api_key' || request.via === 'oauth';
    return isOfProgram ? (request.requestedBy?.id ?? null) : null;
  }
}
