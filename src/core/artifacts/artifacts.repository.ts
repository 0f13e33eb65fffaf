import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Database } from '../../platform/database/database.js';
import type { ArtifactId, PlanId, SessionId } from '../../platform/ids.js';
import type { Principal } from '../identity/principal.js';
import { ArtifactEntity } from './artifact.entity.js';
import type { Artifact } from './artifact.js';

@Injectable()
export class ArtifactsRepository {
  constructor(private readonly database: Database) {}

  /** Before its first byte is written: whoever dies before `insert` leaves bytes that can be found. */
  async announce(id: ArtifactId, at: Date): Promise<void> {
    await this.database.sql('insert into unrecorded_artifacts (id, begun_at) values ($1, $2)', [id, at]);
  }

  async forget(id: ArtifactId): Promise<void> {
    await this.database.sql('delete from unrecorded_artifacts where id = $1', [id]);
  }

  async insert(artifact: Artifact): Promise<void> {
    await this.database.entities.insert(ArtifactEntity, artifact);
    await this.forget(artifact.id);
  }

  async isRecorded(id: ArtifactId): Promise<boolean> {
    return this.database.entities.existsBy(ArtifactEntity, { id });
  }

  async findVisible(principal: Principal, id: ArtifactId): Promise<Artifact | undefined> {
    const found = await this.database.entities.findOneBy(ArtifactEntity, {
      id,
      organizationId: principal.organizationId,
      userId: principal.userId,
    });
    return (found as Artifact | null) ?? undefined;
  }

  /** Only for who holds a link that was signed for this very id. */
  async findByLink(id: ArtifactId): Promise<Artifact | undefined> {
    return ((await this.database.entities.findOneBy(ArtifactEntity, { id })) as Artifact | null) ?? undefined;
  }

  /** Files of the one session, of plans by their ids here and there, are shown in the other; the bytes stay put. */
  async share(from: SessionId, to: SessionId, plans: ReadonlyMap<string, PlanId>, until: Date): Promise<void> {
    await this.database.sql(
      `insert into session_artifacts (session_id, artifact_id, plan_id)
       select $2, file.id, plan.copy
       from (
         select id, plan_id, created_at from artifacts where session_id = $1
         union all
         select a.id, s.plan_id, a.created_at
         from session_artifacts s join artifacts a on a.id = s.artifact_id where s.session_id = $1
       ) as file
       join unnest($3::text[], $4::text[]) as plan (old, copy) on plan.old = file.plan_id
       where file.created_at <= $5`,
      [from, to, [...plans.keys()], [...plans.values()], until],
    );
  }

  async listOfSession(principal: Principal, sessionId: SessionId, limit: number): Promise<Artifact[]> {
    return this.list(sessionId, limit, { organizationId: principal.organizationId, userId: principal.userId });
  }

  async listFor(sessionId: SessionId, limit: number): Promise<Artifact[]> {
    return this.list(sessionId, limit, {});
  }

  /** With those that it shows because it was forked. */
  private async list(
    sessionId: SessionId,
    limit: number,
    owner: { organizationId?: string; userId?: string },
  ): Promise<Artifact[]> {
    const shared = await this.database.sql<{ artifact_id: string; plan_id: PlanId }>(
      'select artifact_id, plan_id from session_artifacts where session_id = $1',
      [sessionId],
    );
    const plans = new Map(shared.map((row) => [row.artifact_id, row.plan_id]));
    const found = await this.database.entities.find(ArtifactEntity, {
      where: [
        { sessionId, ...owner },
        { id: In([...plans.keys()]), ...owner },
      ],
      order: { createdAt: 'ASC', id: 'ASC' },
      take: limit,
    });
    return (found as Artifact[]).map((file) => {
      const planId = plans.get(file.id);
      return planId === undefined ? file : { ...file, sessionId, planId };
    });
  }
}
