import { Injectable } from '@nestjs/common';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { type SealedAnew, SealedColumn } from '../../platform/crypto/sealed-column.js';
import { Database } from '../../platform/database/database.js';
import { Logger } from '../../platform/logging/logger.js';
import { ExportKeysRepository, type StoredExportKey } from './export-keys.repository.js';
import { exportKeyPlace } from './export-keys.service.js';

/** The keys that sign files, as the rotation of keys sees them. */
@Injectable()
export class SealedExportKeys extends SealedColumn {
  constructor(
    private readonly database: Database,
    private readonly keys: ExportKeysRepository,
    private readonly box: SecretBox,
    private readonly logger: Logger,
  ) {
    super();
  }

  async versions(): Promise<number[]> {
    return this.keys.versions();
  }

  async sealAnew(after: string, limit: number): Promise<SealedAnew> {
    return this.database.transaction(async () => {
      const rows = await this.keys.lockAfter(after, this.box.prefix, limit);
      let sealed = 0;
      for (const row of rows) sealed += (await this.sealRow(row)) ? 1 : 0;
      const last = rows.at(-1);
      return { rows: sealed, ...(last && rows.length === limit ? { next: last.id } : {}) };
    });
  }

  private async sealRow({ id, privateKey }: StoredExportKey): Promise<boolean> {
    const place = exportKeyPlace(id);
    try {
      await this.keys.replace(id, this.box.seal(this.box.open(privateKey, place), place));
      return true;
    } catch (error) {
      // Its key is lost: the next file is signed with a new one.
      this.logger.warn({ keyId: id, reason: (error as Error).message }, 'a key could not be sealed anew');
      return false;
    }
  }
}
