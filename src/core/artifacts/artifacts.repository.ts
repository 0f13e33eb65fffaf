import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ArtifactId, SessionId } from '../../platform/ids.js';
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

  async listOfSession(principal: Principal, sessionId: SessionId, limit: number): Promise<Artifact[]> {
    const found = await this.database.entities.find(ArtifactEntity, {
      where: { sessionId, organizationId: principal.organizationId, userId: principal.userId },
      order: { createdAt: 'ASC', id: 'ASC' },
      take: limit,
    });
    return found as Artifact[];
  }

  async listFor(sessionId: SessionId, limit: number): Promise<Artifact[]> {
    const found = await this.database.entities.find(ArtifactEntity, {
      where: { sessionId },
      order: { createdAt: 'ASC', id: 'ASC' },
      take: limit,
    });
    return found as Artifact[];
  }
}
