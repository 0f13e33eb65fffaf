import type { ConnectionStatus } from '@app/session-protocol';
import { Injectable } from '@nestjs/common';
import { ServersService } from '../registry/servers.service.js';
import type { Session } from '../sessions/session.js';
import { MICRO } from '../usage/usage.js';
import { UsageService } from '../usage/usage.service.js';
import { ModelChoice } from './model-choice.js';

/** How a session stands: its server, its model, what it has used. */
@Injectable()
export class SessionStatus {
  constructor(
    private readonly servers: ServersService,
    private readonly choice: ModelChoice,
    private readonly usage: UsageService,
  ) {}

  async of(session: Session): Promise<ConnectionStatus> {
    const server = await this.servers.findForJob(session.serverId);
    const model = this.choice.resolve(session.model);
    const { inputTokens, outputTokens, microDollars } = await this.usage.ofSession(session.id);
    return {
      status: server?.status ?? 'offline',
      latency: server?.latencyMs ?? null,
      model: model.name,
      model_id: model.id,
      memory: { used: session.contextTokens, total: model.contextTokens, unit: 'tokens' },
      usage: { input_tokens: inputTokens, output_tokens: outputTokens, cost_usd: microDollars / MICRO },
    };
  }
}
