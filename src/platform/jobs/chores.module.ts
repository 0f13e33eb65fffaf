import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Chores } from './chores.js';
import { FailedJobs } from './failed-jobs.js';
import { OldLargeHints } from '../hints/old-large-hints.js';
import { OldIdempotencyKeys } from '../idempotency/old-idempotency-keys.js';
import { Sweeper } from './sweeper.js';

@Module({ imports: [DiscoveryModule], providers: [Chores, FailedJobs, OldIdempotencyKeys, OldLargeHints, Sweeper] })
export class ChoresModule {}
