import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Sweep } from '../../platform/jobs/sweep.js';
import { ArtifactStore } from './artifact-store.port.js';

const DAY_MS = 86_400_000;
const BATCH = 100;

/**
 * Bytes of files that a process wrote and did not live to record. Only what was announced is removed, never what merely
 * has no row: a store may be that of another database too.
 */
@Injectable()
export class UnrecordedArtifacts extends Sweep {
  readonly what = 'files of calls that were cut off';

  constructor(
    private readonly database: Database,
    private readonly store: ArtifactStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<number> {
    const before = new Date(this.clock.ms() - DAY_MS);
    for (let removed = 0; ;) {
      if (signal.aborted) return removed;
      const rows = await this.database.sql<{ id: string; recorded: boolean }>(
        `select u.id, exists (select from artifacts a where a.id = u.id) as recorded
         from unrecorded_artifacts u where u.begun_at < $1 limit $2`,
        [before, BATCH],
      );
      const lost = rows.filter(({ recorded }) => !recorded);
      for (const { id } of lost) await this.store.remove(id, { signal });
      await this.database.sql('delete from unrecorded_artifacts where id = any($1)', [rows.map(({ id }) => id)]);
      removed += lost.length;
      if (rows.length < BATCH) return removed;
    }
  }
}
