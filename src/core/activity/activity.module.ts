import { Module } from '@nestjs/common';
import { ActivityRepository } from './activity.repository.js';
import { Activity } from './activity.service.js';
import { OldActivity } from './old-activity.js';

@Module({
  providers: [Activity, ActivityRepository, OldActivity],
  exports: [Activity],
})
export class ActivityModule {}
