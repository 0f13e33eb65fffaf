import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { UserId } from '../../platform/ids.js';

@Entity('users')
export class UserEntity {
  @PrimaryColumn('text')
  id!: UserId;

  /** Canonical, see email-address.ts. */
  @Column('text')
  email!: string;

  @Column('text')
  username!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
