import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { OrganizationId, UserId } from '../../platform/ids.js';
import type { Role } from './principal.js';

@Entity('memberships')
export class MembershipEntity {
  @PrimaryColumn('text', { name: 'organization_id' })
  organizationId!: OrganizationId;

  @PrimaryColumn('text', { name: 'user_id' })
  userId!: UserId;

  @Column('text')
  role!: Role;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
