import { Module } from '@nestjs/common';
import { ArtifactsModule } from '../artifacts/artifacts.module.js';
import { PlansModule } from '../plans/plans.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsageModule } from '../usage/usage.module.js';
import { Asking } from './asking.js';
import { ConversationsService } from './conversations.service.js';
import { ForksService } from './forks.service.js';
import { History } from './history.js';
import { ModelChoice } from './model-choice.js';
import { ModelObserver } from './model-observer.js';
import { PlanRestedHandler } from './plan-rested.handler.js';
import { RerunTurns } from './rerun-turns.js';
import { RunTurnHandler } from './run-turn.handler.js';
import { SessionListService } from './session-list.service.js';
import { SessionModels } from './session-models.service.js';
import { SessionStatus } from './session-status.js';
import { SettleRestoredHandler } from './settle-restored.handler.js';
import { Thinking } from './thinking.js';
import { TurnEndings } from './turn-endings.js';
import { TurnQueue } from './turn-queue.js';
import { TurnRunner } from './turn-runner.js';
import { TurnsRepository } from './turns.repository.js';

@Module({
  imports: [ArtifactsModule, PlansModule, RegistryModule, SessionsModule, UsageModule],
  providers: [
    Asking,
    ConversationsService,
    ForksService,
    History,
    ModelChoice,
    ModelObserver,
    PlanRestedHandler,
    RerunTurns,
    RunTurnHandler,
    SessionListService,
    SessionModels,
    SessionStatus,
    SettleRestoredHandler,
    Thinking,
    TurnEndings,
    TurnQueue,
    TurnRunner,
    TurnsRepository,
  ],
  exports: [ConversationsService, ForksService, ModelChoice, RerunTurns, SessionListService, SessionModels],
})
export class AgentModule {}
