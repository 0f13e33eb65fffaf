import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { OrganizationId } from '../../platform/ids.js';

@Entity('organizations')
export class OrganizationEntity {
  @PrimaryColumn('text')
  id!: OrganizationId;

  @Column('text')
  name!: string;

  /** Null: the plan that the settings name. */
  @Column('text', { nullable: true })
  plan!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
