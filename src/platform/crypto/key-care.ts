import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Config } from '../config/config.js';
import { Chore } from '../jobs/chore.js';
import { CONFIG } from '../tokens.js';
import { KeyRotation } from './key-rotation.js';
import { SealedColumn } from './sealed-column.js';

export const KEY_CARE = 'platform.care_for_keys';

const BATCH = 100;

/** Rotates keys that are old, seals anew what an old one sealed, removes keys that nothing needs. */
@Injectable()
export class KeyCare extends Chore {
  readonly name = KEY_CARE;
  readonly everyMs = 60_000;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly rotation: KeyRotation,
    private readonly discovery: DiscoveryService,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<Record<string, unknown> | undefined> {
    const { rotationDays } = this.config.keys;
    const rotated = rotationDays > 0 ? await this.rotation.rotateOld(rotationDays) : [];
    const superseded = await this.rotation.superseded();
    const sealedAnew = superseded.length > 0 ? await this.sealAnew(signal) : 0;
    const used = await this.versionsInUse();
    await this.rotation.retire(superseded.map(({ version }) => version).filter((version) => !used.includes(version)));
    const removed = await this.rotation.removeRetired(used);
    return rotated.length + sealedAnew + removed > 0 ? { rotated, sealedAnew, removed } : undefined;
  }

  private async sealAnew(signal: AbortSignal): Promise<number> {
    let sealed = 0;
    for (const column of this.columns()) {
      for (let after: string | undefined = ''; after !== undefined && !signal.aborted;) {
        const { rows, next } = await column.sealAnew(after, BATCH);
        sealed += rows;
        after = next;
      }
    }
    return sealed;
  }

  private async versionsInUse(): Promise<number[]> {
    const used = await Promise.all(this.columns().map((column) => column.versions()));
    return used.flat();
  }

  private columns(): SealedColumn[] {
    return this.discovery
      .getProviders()
      .map(({ instance }: { instance?: unknown }) => instance)
      .filter((instance) => instance instanceof SealedColumn);
  }
}
