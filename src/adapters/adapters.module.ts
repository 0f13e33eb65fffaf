import { join } from 'node:path';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { LanguageModel } from '../core/agent/language-model.port.js';
import { ArtifactStore } from '../core/artifacts/artifact-store.port.js';
import { DemoServer } from '../core/registry/demo-server.port.js';
import type { Config } from '../platform/config/config.js';
import { Logger } from '../platform/logging/logger.js';
import { PROJECT_ROOT } from '../platform/project-root.js';
import { DiskArtifactStore } from './artifact-store/disk-artifact-store.js';
import { AbsentDemoServer } from './demo-server/absent-demo-server.js';
import { DemoProcess } from './demo-server/demo-process.js';
import { OfflinePlanner } from './language-model/offline-planner/offline-planner.js';
import { MailerModule } from './mailer/mailer.module.js';

/** What a Gemini model reads at most. */
const GEMINI_CONTEXT_TOKENS = 1_048_576;

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
        { provide: LanguageModel, useFactory: () => chooseModel(config) },
        { provide: ArtifactStore, useFactory: () => new DiskArtifactStore(join(config.dataDirectory, 'artifacts')) },
        {
          provide: DemoServer,
          inject: [Logger],
          useFactory: (logger: Logger) =>
            config.demo.enabled
              ? new DemoProcess({ script: DEMO_SCRIPT, port: config.demo.port, logger })
              : new AbsentDemoServer(),
        },
      ],
      exports: [LanguageModel, ArtifactStore, DemoServer],
    };
  }
}

async function chooseModel({ model }: Config): Promise<LanguageModel> {
  if (model.provider === 'offline' || model.geminiKey === undefined) return new OfflinePlanner();
  // Loaded only where it is used: the SDK takes a tenth of a second.
  const { GeminiLanguageModel } = await import('./language-model/gemini/gemini-language-model.js');
  return new GeminiLanguageModel({
    apiKey: model.geminiKey,
    ...(model.geminiBaseUrl === undefined ? {} : { baseUrl: model.geminiBaseUrl }),
    model: model.name,
    contextTokens: GEMINI_CONTEXT_TOKENS,
  });
}
