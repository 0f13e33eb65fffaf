import { join } from 'node:path';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { LanguageModels } from '../core/agent/language-models.port.js';
import { ArtifactStore } from '../core/artifacts/artifact-store.port.js';
import { DemoServer } from '../core/registry/demo-server.port.js';
import { PackageRunner } from '../core/registry/package-runner.port.js';
import type { Config } from '../platform/config/config.js';
import { Logger } from '../platform/logging/logger.js';
import { PROJECT_ROOT } from '../platform/project-root.js';
import { chooseArtifactStore } from './artifact-store/choose-artifact-store.js';
import { AbsentDemoServer } from './demo-server/absent-demo-server.js';
import { DemoProcess } from './demo-server/demo-process.js';
import { ConfiguredModels } from './language-model/configured-models.js';
import { MailerModule } from './mailer/mailer.module.js';
import { AbsentPackages } from './packages/absent-packages.js';
import { NpmPackages } from './packages/npm-packages.js';
import { PasswordsModule } from './passwords/passwords.module.js';

const DEMO_SCRIPT = join(PROJECT_ROOT, 'dist/demo/main.js');

/** Decides once, from the configuration, which technology fulfils each port. */
@Global()
@Module({})
export class AdaptersModule {
  static with(config: Config): DynamicModule {
    return {
      module: AdaptersModule,
      imports: [MailerModule.with(config), PasswordsModule],
      providers: [
        { provide: LanguageModels, useFactory: () => new ConfiguredModels(config.models) },
        {
          provide: ArtifactStore,
          inject: [Logger],
          useFactory: (logger: Logger) => chooseArtifactStore(config, logger),
        },
        {
          provide: DemoServer,
          inject: [Logger],
          useFactory: (logger: Logger) =>
            config.demo.enabled
              ? new DemoProcess({ script: DEMO_SCRIPT, port: config.demo.port, logger })
              : new AbsentDemoServer(),
        },
        {
          provide: PackageRunner,
          useFactory: () =>
            config.packages.enabled
              ? new NpmPackages({
                  folder: join(config.dataDirectory, 'packages'),
                  ...config.packages,
                })
              : new AbsentPackages(),
        },
      ],
      exports: [LanguageModels, ArtifactStore, DemoServer, PackageRunner],
    };
  }
}
