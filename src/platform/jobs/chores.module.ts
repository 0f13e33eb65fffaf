import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Chores } from './chores.js';
import { FailedJobs } from './failed-jobs.js';
import { Sweeper } from './sweeper.js';

@Module({ imports: [DiscoveryModule], providers: [Chores, FailedJobs, Sweeper] })
export class ChoresModule {}
