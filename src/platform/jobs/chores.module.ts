import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Chores } from './chores.js';
import { FailedJobs } from './failed-jobs.js';
import { OldIdempotencyKeys } from '../idempotency/old-idempotency-keys.js';
import { Sweeper } from './sweeper.js';

@Module({ imports: [DiscoveryModule], providers: [Chores, FailedJobs, OldIdempotencyKeys, Sweeper] })
export class ChoresModule {}
