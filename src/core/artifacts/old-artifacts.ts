import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { oldBefore, Sweep } from '../../platform/jobs/sweep.js';
import { CONFIG } from '../../platform/tokens.js';
import { ArtifactStore } from './artifact-store.port.js';

const BATCH = 100;

/** The bytes of files after RETENTION_ARTIFACTS_DAYS; what they were is still told. */
@Injectable()
export class OldArtifacts extends Sweep {
  readonly what = 'files';

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly store: ArtifactStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<number> {
    const before = oldBefore(this.clock.now(), this.config.retention.artifactsDays);
    for (let removed = 0; ;) {
      if (!before || signal.aborted) return removed;
      const old = await this.database.sql<{ id: string }>(
        'select id from artifacts where removed_at is null and created_at < $1 order by created_at limit $2',
        [before, BATCH],
      );
      const ids = old.map(({ id }) => id);
      // Bytes first: whoever is cut off in between finds the row again.
      for (const id of ids) await this.store.remove(id, { signal });
      await this.database.sql('update artifacts set removed_at = $2 where id = any($1)', [ids, this.clock.now()]);
      removed += ids.length;
      if (ids.length < BATCH) return removed;
    }
  }
}
