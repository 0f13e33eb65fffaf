import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Keyring } from '../../platform/crypto/keyring.js';
import {
  type ArtifactId,
  newId,
  type OrganizationId,
  type PlanId,
  type SessionId,
  type UserId,
} from '../../platform/ids.js';
import type { Principal } from '../identity/principal.js';
import { type Artifact, type ArtifactOrigin, type IncomingFile, safeContentType, safeFileName } from './artifact.js';
import { ArtifactStore, type ByteRange } from './artifact-store.port.js';
import { artifactExpired, artifactNotFound, linkIsNotValid } from './artifacts.errors.js';
import { ArtifactsRepository } from './artifacts.repository.js';

export const LINK_SECONDS = 300;
const LISTED_AT_MOST = 1_000;

export interface ArtifactLink {
  expires: number;
  signature: string;
}

@Injectable()
export class ArtifactsService {
  constructor(
    private readonly artifacts: ArtifactsRepository,
    private readonly store: ArtifactStore,
    private readonly keyring: Keyring,
    private readonly clock: Clock,
  ) {}

  /** Writes the bytes only; `record`, in the transaction of the call's outcome, makes them a file that people see. */
  async keep(
    owner: { organizationId: OrganizationId; userId: UserId },
    origin: ArtifactOrigin,
    file: IncomingFile,
  ): Promise<Artifact> {
    const id = newId('art', this.clock.ms());
    await this.artifacts.announce(id, this.clock.now());
    await this.store.write(id, [file.bytes]);
    return {
      ...origin,
      id,
      organizationId: owner.organizationId,
      userId: owner.userId,
      name: safeFileName(file.name),
      contentType: safeContentType(file.contentType),
      size: file.bytes.byteLength,
      sha256: createHash('sha256').update(file.bytes).digest('hex'),
      createdAt: this.clock.now(),
      removedAt: null,
    };
  }

  async record(artifact: Artifact): Promise<void> {
    await this.artifacts.insert(artifact);
  }

  /** For bytes of an outcome that was not taken; what was recorded after all stays. */
  async discard(artifact: Artifact): Promise<void> {
    if (await this.artifacts.isRecorded(artifact.id)) return;
    await this.store.remove(artifact.id);
    await this.artifacts.forget(artifact.id);
  }

  async get(principal: Principal, id: ArtifactId): Promise<Artifact> {
    const artifact = await this.artifacts.findVisible(principal, id);
    if (!artifact) throw artifactNotFound();
    return artifact;
  }

  async listOfSession(principal: Principal, sessionId: SessionId): Promise<Artifact[]> {
    return this.artifacts.listOfSession(principal, sessionId, LISTED_AT_MOST);
  }

  /** In the caller's transaction: a fork shows the files of the plans that it has, by their ids here and there. */
  async share(from: SessionId, to: SessionId, plans: ReadonlyMap<string, PlanId>, until: Date): Promise<void> {
    await this.artifacts.share(from, to, plans, until);
  }

  /** For jobs, which act for the session itself. */
  async listFor(sessionId: SessionId): Promise<Artifact[]> {
    return this.artifacts.listFor(sessionId, LISTED_AT_MOST);
  }

  /** @throws bytesAreMissing, or that they were kept long enough */
  async read(artifact: Artifact, range?: ByteRange): Promise<Readable> {
    if (artifact.removedAt) throw artifactExpired(artifact.removedAt);
    return this.store.read(artifact.id, range);
  }

  /** A link that opens this one file for five minutes, without a token. */
  async link(principal: Principal, id: ArtifactId): Promise<ArtifactLink> {
    await this.get(principal, id);
    const expires = Math.floor(this.clock.ms() / 1_000) + LINK_SECONDS;
    return { expires, signature: this.keyring.sign('artifact-links', signedText(id, expires)) };
  }

  /** @throws when the link is not ours or too old */
  async getByLink(id: ArtifactId, { expires, signature }: ArtifactLink): Promise<Artifact> {
    const fresh = expires * 1_000 >= this.clock.ms();
    if (!this.keyring.verify('artifact-links', signedText(id, expires), signature) || !fresh) throw linkIsNotValid();
    const artifact = await this.artifacts.findByLink(id);
    if (!artifact) throw artifactNotFound();
    return artifact;
  }
}

const signedText = (id: ArtifactId, expires: number) => `${id}.${expires}`;
