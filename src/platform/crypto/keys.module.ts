import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Clock } from '../clock.js';
import { Hints } from '../hints/hints.js';
import { KeyCare } from './key-care.js';
import { type KeyLifetimes, KeyRotation } from './key-rotation.js';
import { KeyStore } from './key-store.js';
import type { KeyWrap } from './key-wrap.js';

/** What was opened before Nest, because a wrong secret deserves a plain word on the terminal. */
export interface KeyParts {
  store: KeyStore;
  wrap: KeyWrap;
  lifetimes: KeyLifetimes;
}

@Module({})
export class KeysModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(KeyStore) private readonly store: KeyStore,
    private readonly hints: Hints,
  ) {}

  static with({ store, wrap, lifetimes }: KeyParts): DynamicModule {
    return {
      module: KeysModule,
      imports: [DiscoveryModule],
      providers: [
        { provide: KeyStore, useValue: store },
        {
          provide: KeyRotation,
          inject: [Clock, Hints],
          useFactory: (clock: Clock, hints: Hints) => new KeyRotation({ store, wrap, clock, lifetimes, hints }),
        },
        KeyCare,
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.store.follow(this.hints);
  }

  onApplicationShutdown(): void {
    this.store.close();
  }
}
