import { join } from 'node:path';
import type { ArtifactStore } from '../../core/artifacts/artifact-store.port.js';
import type { Config } from '../../platform/config/config.js';
import type { Logger } from '../../platform/logging/logger.js';
import { DiskArtifactStore } from './disk-artifact-store.js';

export async function chooseArtifactStore(
  { artifacts, dataDirectory }: Config,
  logger: Logger,
): Promise<ArtifactStore> {
  if (!artifacts.s3) return new DiskArtifactStore(join(dataDirectory, 'artifacts'));
  // Loaded only where it is used: the SDK takes a good part of a second.
  const { S3ArtifactStore } = await import('./s3-artifact-store.js');
  const { bucket } = artifacts.s3;
  const store = new S3ArtifactStore(artifacts.s3);
  // Not waited for: the store may come later. A wrong bucket or key is better said now than at the first file.
  store.check().catch((error: Error) => {
    const { name, message } = error.cause instanceof Error ? error.cause : error;
    logger.error({ bucket, reason: `${name}: ${message}` }, 'the bucket of S3_BUCKET cannot be used as it is set');
  });
  return store;
}
