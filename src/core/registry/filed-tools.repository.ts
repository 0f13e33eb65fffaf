import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ServerId } from '../../platform/ids.js';
import type { FiledTool } from './filed-tool.js';

@Injectable()
export class FiledToolsRepository {
  constructor(private readonly database: Database) {}

  /** As last seen, by name. */
  async listOf(serverIds: readonly ServerId[]): Promise<ReadonlyMap<ServerId, FiledTool[]>> {
    const rows = await this.database.sql<FiledTool & { serverId: ServerId }>(
      `select seen.server_id as "serverId", seen.name, seen.pin, seen.definition, state.approval_policy as "approvalPolicy"
       from tool_snapshots seen
       left join tool_states state on state.server_id = seen.server_id and state.name = seen.name
       where seen.server_id = any($1) order by seen.server_id, seen.name collate "C"`,
      [serverIds],
    );
    const found = new Map<ServerId, FiledTool[]>(serverIds.map((id) => [id, []]));
    for (const { serverId, ...tool } of rows) found.get(serverId)?.push(tool);
    return found;
  }
}
