import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { OrganizationId, UserId } from '../../platform/ids.js';

@Entity('users')
export class UserEntity {
  @PrimaryColumn('text')
  id!: UserId;

  /** Canonical, see email-address.ts. */
  @Column('text')
  email!: string;

  @Column('text')
  username!: string;

  @Column('text', { name: 'first_name', nullable: true })
  firstName!: string | null;

  @Column('text', { name: 'last_name', nullable: true })
  lastName!: string | null;

  /** argon2id, in the PHC form; null for who never chose a password. */
  @Column('text', { name: 'password_hash', nullable: true, select: false })
  passwordHash?: string | null;

  @Column('boolean', { name: 'instance_administrator', default: false })
  instanceAdministrator!: boolean;

  @Column('timestamptz', { name: 'last_login_at', nullable: true })
  lastLoginAt!: Date | null;

  /** Where they were last: the next sign-in goes there. */
  @Column('text', { name: 'last_organization_id', nullable: true })
  lastOrganizationId!: OrganizationId | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
