import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { ArtifactStore } from '../../core/artifacts/artifact-store.port.js';
import type { Config } from '../../platform/config/config.js';
import type { DatabaseConnection } from '../../platform/database/connection.js';
import { Chore } from '../../platform/jobs/chore.js';
import { CONFIG, CONNECTION } from '../../platform/tokens.js';
import { backupFolder, removeHalfWritten, removeOldBackups, scheduledName } from './backup-files.js';
import { writeBackup } from './write-backup.js';

/** Each day a backup into BACKUP_DIR, where it is set; the newest BACKUP_KEEP stay. */
@Injectable()
export class NightlyBackup extends Chore {
  readonly name = 'platform.back_up';
  readonly everyMs = 86_400_000;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CONNECTION) private readonly connection: DatabaseConnection,
    private readonly store: ArtifactStore,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<Record<string, unknown> | undefined> {
    const { folder, keep } = this.config.backups;
    if (folder === undefined) return undefined;
    await removeHalfWritten(folder);
    const file = join(backupFolder(this.config), scheduledName());
    const { artifacts, damaged } = await writeBackup({
      connection: this.connection,
      store: this.store,
      file,
      signal,
    });
    const removed = await removeOldBackups(folder, keep);
    return { file, artifacts: artifacts.count, damaged: damaged.length, removed };
  }
}
