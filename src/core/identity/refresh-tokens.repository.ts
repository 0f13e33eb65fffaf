import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Database } from '../../platform/database/database.js';
import type { Id } from '../../platform/ids.js';
import { RefreshFamilyEntity } from './refresh-family.entity.js';
import { RefreshTokenEntity } from './refresh-token.entity.js';

@Injectable()
export class RefreshTokensRepository {
  constructor(private readonly database: Database) {}

  async addToken(token: RefreshTokenEntity): Promise<void> {
    await this.database.entities.insert(RefreshTokenEntity, token);
  }

  /** The living family of a token, until the transaction ends nobody else's. @param hashes by each key that counts */
  async lockFamilyOf(hashes: readonly string[]): Promise<RefreshFamilyEntity | undefined> {
    const family = await this.database.entities
      .createQueryBuilder(RefreshFamilyEntity, 'family')
      .setLock('pessimistic_write')
      .where('family.revokedAt is null')
      .andWhere('family.id = (select family_id from refresh_tokens where hash = any(:hashes) limit 1)', {
        hashes,
      })
      .getOne();
    return family ?? undefined;
  }

  async findToken(hashes: readonly string[]): Promise<RefreshTokenEntity | undefined> {
    return (await this.database.entities.findOneBy(RefreshTokenEntity, { hash: In([...hashes]) })) ?? undefined;
  }

  async markUsed(hash: string, now: Date): Promise<void> {
    await this.database.entities.update(RefreshTokenEntity, { hash }, { usedAt: now });
  }

  async touchFamily(id: Id<'fam'>, lastIp: string, now: Date): Promise<void> {
    await this.database.entities.update(RefreshFamilyEntity, { id }, { lastUsedAt: now, lastIp });
    await this.database.sql('delete from refresh_tokens where family_id = $1 and expires_at < $2', [id, now]);
  }
}
