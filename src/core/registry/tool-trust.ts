import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { McpServer } from './server.js';
import { effectivePolicy, type ToolRecord } from './tool-state.js';
import { type Decider, ToolNews } from './tool-news.js';
import { ToolStatesRepository } from './tool-states.repository.js';

/** The moves of a tool from one state to another, for whoever was found to be allowed to. The server is locked by the caller. */
@Injectable()
export class ToolTrust {
  constructor(
    private readonly states: ToolStatesRepository,
    private readonly news: ToolNews,
    private readonly clock: Clock,
  ) {}

  async approve(server: McpServer, tool: ToolRecord, decider: Decider): Promise<void> {
    await this.states.decide(tool, { state: 'approved', version: 'approved', at: this.clock.now(), ...decider });
    await this.news.decided(server, tool, { state: 'approved', action: 'tool.approved' }, decider);
  }

  async reject(server: McpServer, tool: ToolRecord, decider: Decider): Promise<void> {
    await this.states.decide(tool, { state: 'rejected', version: 'rejected', at: this.clock.now(), ...decider });
    await this.news.decided(server, tool, { state: 'rejected', action: 'tool.rejected' }, decider);
  }

  /** Back to where a person has to decide. */
  async revoke(server: McpServer, tool: ToolRecord, decider: Decider): Promise<void> {
    await this.states.decide(tool, { state: 'new', version: 'revoked', at: this.clock.now(), ...decider });
    await this.news.decided(server, tool, { state: 'new', action: 'tool.revoked' }, decider);
  }

  /** Who lets a server, or a tool, run without asking approves what waits there; not what somebody rejected. */
  async applyPolicy(server: McpServer, tools: readonly ToolRecord[], decider: Decider): Promise<void> {
    const waiting = tools.filter(({ present, state }) => present && (state === 'new' || state === 'changed'));
    for (const tool of waiting) {
      if (effectivePolicy(tool, server) === 'auto_approve') await this.approve(server, tool, decider);
    }
  }

  /** The policy of the server is another one. */
  async serverPolicyChanged(server: McpServer, decider: Decider): Promise<void> {
    await this.applyPolicy(server, await this.states.list(server.id), decider);
  }

  /** Another address or account: what was decided counted for the old one. */
  async forget(server: McpServer): Promise<void> {
    await this.news.forgotten(await this.states.list(server.id));
    await this.states.voidAll(server.id);
  }
}
