import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Chore } from '../../platform/jobs/chore.js';
import { CONFIG } from '../../platform/tokens.js';
import { SigningKeysRepository } from './signing-keys.repository.js';
import { SigningKeys } from './signing-keys.service.js';

/** Rotates the key that signs access tokens when it is old, and removes those that nothing needs. */
@Injectable()
export class SigningKeyCare extends Chore {
  readonly name = 'oauth.care_for_signing_keys';
  readonly everyMs = 10 * 60_000;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly keys: SigningKeys,
    private readonly repository: SigningKeysRepository,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(): Promise<Record<string, unknown> | undefined> {
    const removed = await this.repository.removeRetired(this.clock.now());
    const rotated = await this.isOld();
    if (rotated) await this.keys.rotate();
    return rotated || removed > 0 ? { rotated, removed } : undefined;
  }

  private async isOld(): Promise<boolean> {
    const { rotationDays } = this.config.keys;
    const newest = await this.repository.newestCreatedAt();
    if (rotationDays === 0 || !newest) return false;
    return this.clock.ms() - newest.getTime() > rotationDays * 86_400_000;
  }
}
