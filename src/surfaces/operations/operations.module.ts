import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { MetricsController } from './metrics.controller.js';
import { ProbesController } from './probes.controller.js';

/** What those ask who run the product, not those who use it. */
@Module({})
export class OperationsModule {
  static with({ metrics }: Config): DynamicModule {
    const controllers = metrics.token === undefined ? [ProbesController] : [ProbesController, MetricsController];
    return { module: OperationsModule, controllers };
  }
}
