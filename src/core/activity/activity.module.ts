import { Module } from '@nestjs/common';
import { ActivityRepository } from './activity.repository.js';
import { ActivityFeed } from './activity-feed.js';
import { Activity } from './activity.service.js';
import { OldActivity } from './old-activity.js';

@Module({
  providers: [Activity, ActivityFeed, ActivityRepository, OldActivity],
  exports: [Activity, ActivityFeed],
})
export class ActivityModule {}
