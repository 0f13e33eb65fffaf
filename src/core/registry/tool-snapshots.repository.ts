import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ServerId } from '../../platform/ids.js';
import { ToolSnapshotEntity } from './tool-snapshot.entity.js';
import type { PinnedTool, ToolSnapshot } from './tool-definition.js';

@Injectable()
export class ToolSnapshotsRepository {
  constructor(private readonly database: Database) {}

  /** In the server's own order. */
  async list(serverId: ServerId): Promise<ToolSnapshot[]> {
    const found = await this.database.entities.find(ToolSnapshotEntity, {
      where: { serverId },
      order: { ordinal: 'ASC' },
    });
    return found.map(({ pin, definition }) => ({ pin, definition: definition as PinnedTool }));
  }

  /** Makes the snapshots exactly these; whether anything changed. Writes only what did. */
  async replace(serverId: ServerId, snapshots: readonly ToolSnapshot[], seenAt: Date): Promise<boolean> {
    const [row] = await this.database.sql<{ changes: number }>(
      `with given as (
         select name, pin, definition, (place - 1)::int as ordinal
         from unnest($2::text[], $3::text[], $4::json[]) with ordinality as g (name, pin, definition, place)
       ), removed as (
         delete from tool_snapshots where server_id = $1 and name not in (select name from given) returning 1
       ), written as (
         insert into tool_snapshots (server_id, name, pin, definition, ordinal, seen_at)
         select $1, name, pin, definition, ordinal, $5 from given
         on conflict (server_id, name) do update set
           pin = excluded.pin, definition = excluded.definition, ordinal = excluded.ordinal,
           seen_at = case when tool_snapshots.pin = excluded.pin then tool_snapshots.seen_at else excluded.seen_at end
         where (tool_snapshots.pin, tool_snapshots.ordinal) is distinct from (excluded.pin, excluded.ordinal)
         returning 1
       )
       select ((select count(*) from removed) + (select count(*) from written))::int as changes`,
      [
        serverId,
        snapshots.map(({ definition }) => definition.name),
        snapshots.map(({ pin }) => pin),
        snapshots.map(({ definition }) => JSON.stringify(definition)),
        seenAt.toISOString(),
      ],
    );
    return (row?.changes ?? 0) > 0;
  }

  async clear(serverId: ServerId): Promise<void> {
    await this.database.entities.delete(ToolSnapshotEntity, { serverId });
  }
}
