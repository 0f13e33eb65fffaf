import { join } from 'node:path';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { LanguageModels } from '../core/agent/language-models.port.js';
import { ArtifactStore } from '../core/artifacts/artifact-store.port.js';
import { DemoServer } from '../core/registry/demo-server.port.js';
import type { Config } from '../platform/config/config.js';
import { Logger } from '../platform/logging/logger.js';
import { PROJECT_ROOT } from '../platform/project-root.js';
import { DiskArtifactStore } from './artifact-store/disk-artifact-store.js';
import { AbsentDemoServer } from './demo-server/absent-demo-server.js';
import { DemoProcess } from './demo-server/demo-process.js';
import { ConfiguredModels } from './language-model/configured-models.js';
import { MailerModule } from './mailer/mailer.module.js';

const DEMO_SCRIPT = join(PROJECT_ROOT, 'dist/demo/main.js');

/** Decides once, from the configuration, which technology fulfils each port. */
@Global()
@Module({})
export class AdaptersModule {
  static with(config: Config): DynamicModule {
    return {
      module: AdaptersModule,
      imports: [MailerModule.with(config)],
      providers: [
        { provide: LanguageModels, useFactory: () => new ConfiguredModels(config.models) },
        { provide: ArtifactStore, inject: [Logger], useFactory: (logger: Logger) => chooseStore(config, logger) },
        {
          provide: DemoServer,
          inject: [Logger],
          useFactory: (logger: Logger) =>
            config.demo.enabled
              ? new DemoProcess({ script: DEMO_SCRIPT, port: config.demo.port, logger })
              : new AbsentDemoServer(),
        },
      ],
      exports: [LanguageModels, ArtifactStore, DemoServer],
    };
  }
}

async function chooseStore({ artifacts, dataDirectory }: Config, logger: Logger): Promise<ArtifactStore> {
  if (!artifacts.s3) return new DiskArtifactStore(join(dataDirectory, 'artifacts'));
  // Loaded only where it is used: the SDK takes a good part of a second.
  const { S3ArtifactStore } = await import('./artifact-store/s3-artifact-store.js');
  const store = new S3ArtifactStore(artifacts.s3);
  // Not waited for: the store may come later. A wrong bucket or key is better said now than at the first file.
  store
    .check()
    .catch((error: Error) => logger.error({ err: error.cause ?? error }, 'the artifact store does not answer'));
  return store;
}
