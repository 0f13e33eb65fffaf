import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { OrganizationId } from '../../platform/ids.js';

@Entity('organizations')
export class OrganizationEntity {
  @PrimaryColumn('text')
  id!: OrganizationId;

  @Column('text')
  name!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
