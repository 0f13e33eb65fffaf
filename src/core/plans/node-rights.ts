import { Injectable } from '@nestjs/common';
import type { CallFault } from '../execution/tool-outcome.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { ToolGrants } from '../registry/tool-grants.service.js';
import type { ListedTool } from '../registry/tool-state.js';
import type { Session } from '../sessions/session.js';
import type { TaskNodeRecord } from './plan.js';

const ACCESS_LOST = { code: 'SERVER_ACCESS_LOST', message: 'You may not use this server any more.' };
const NOT_GRANTED = {
  code: 'TOOL_NOT_GRANTED',
  message: 'You may not call this tool. Who manages its server can let you.',
};

/** Whether whom a session belongs to may still make a call of its plan. */
@Injectable()
export class NodeRights {
  constructor(
    private readonly access: ServerAccess,
    private readonly grants: ToolGrants,
  ) {}

  /** Undefined: they may. */
  async whyLost(
    session: Session,
    { serverId }: TaskNodeRecord,
    tool: ListedTool | undefined,
  ): Promise<CallFault | undefined> {
    if (!(await this.access.mayUse({ ...session, serverId }))) return ACCESS_LOST;
    return !tool || (await this.grants.filterFor(session, [tool])).length > 0 ? undefined : NOT_GRANTED;
  }
}
