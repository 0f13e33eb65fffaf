import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { ToolsService } from '../registry/tools.service.js';
import type { ToolDefinition } from '../registry/tool-definition.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { ToolGrants } from '../registry/tool-grants.service.js';
import { ServersService } from '../registry/servers.service.js';
import type { Session } from '../sessions/session.js';
import { History } from './history.js';
import { type Answer, Asking } from './asking.js';
import {
  ModelFailure,
  type ModelMessage,
  type ModelReply,
  type ModelTool,
  type RespondOptions,
} from './language-model.port.js';
import { LIMITS, type Turn } from './turn.js';

/** A plan that cannot run, and why. */
export interface RefusedReply {
  reply: ModelReply;
  problems: readonly string[];
}

/** Puts before the model what it may know, and gives back what it says. */
@Injectable()
export class Thinking {
  constructor(
    private readonly asking: Asking,
    private readonly history: History,
    private readonly tools: ToolsService,
    private readonly servers: ServersService,
    private readonly access: ServerAccess,
    private readonly grants: ToolGrants,
    private readonly clock: Clock,
  ) {}

  async respond(session: Session, turn: Turn, options: RespondOptions, refused?: RefusedReply): Promise<Answer> {
    // Asked for when the message came; it may have waited since.
    if (!(await this.access.mayUse(session))) throw serverAccessIsLost();
    const server = await this.servers.findForJob(session.serverId);
    // A server that does not answer has no tools just now; the model can still talk.
    const listed = await this.tools.listTools(session.serverId).catch(() => []);
    const tools = await this.grants.filterFor(session, listed);
    return this.asking.ask(
      session,
      turn,
      {
        history: [...(await this.history.of(session.id, turn)), ...(refused ? tellRefusal(refused) : [])],
        // A definition that waits for a person, or was refused, may be written to mislead whoever reads it.
        tools: tools.filter(({ quarantined }) => !quarantined).map((tool) => toModelTool(tool, server?.name ?? '')),
        wordsOnly: turn.graphs >= LIMITS.graphsPerTurn || turn.tokens >= LIMITS.tokensPerTurn,
        now: this.clock.now(),
      },
      options,
    );
  }
}

const serverAccessIsLost = () =>
  new ModelFailure('SERVER_ACCESS_LOST', 'You may not use this server any more. Who manages it can let you.', false);

const toModelTool = (tool: ToolDefinition, serverName: string): ModelTool => ({
  name: tool.name,
  title: tool.title,
  description: tool.description,
  serverId: tool.serverId,
  serverName,
  inputSchema: tool.inputSchema,
  ...(tool.outputSchema === undefined ? {} : { outputSchema: tool.outputSchema }),
  readOnly: tool.readOnly,
  destructive: tool.destructive,
});

/** The refused plan and its problems, as if its calls had come back with them. */
function tellRefusal({ reply, problems }: RefusedReply): ModelMessage[] {
  const { text, nodes, providerState } = reply;
  const outcomes = nodes.map((node) => ({
    nodeId: node.key,
    tool: node.tool,
    title: node.title,
    status: 'refused: propose the plan again without these problems',
    arguments: node.arguments,
    text: problems.join('\n'),
    artifacts: [],
  }));
  return [
    { role: 'agent', text, nodes, ...(providerState === undefined ? {} : { providerState }) },
    { role: 'results', outcomes },
  ];
}
