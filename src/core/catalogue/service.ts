import type { ServerId, ServiceId } from '../../platform/ids.js';
import type { VisibleServer } from '../registry/access.js';

export const SERVICE_SOURCES = ['curated', 'document', 'url'] as const;
export type ServiceSource = (typeof SERVICE_SOURCES)[number];

/** An entry of the catalogue: what a server may be made of. Of the whole instance. */
export interface CatalogueEntry {
  id: ServiceId;
  /** As in the MCP Registry: a namespace and a name. */
  name: string;
  title: string;
  description: string;
  version: string;
  /** As it came; see server-json.ts. */
  serverJson: Record<string, unknown>;
  source: ServiceSource;
  sourceUrl: string | null;
  enabled: boolean;
  /** An administrator changed it: what ships with the product does not take its place any more. */
  edited: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export type NewCatalogueEntry = Omit<CatalogueEntry, 'id' | 'enabled' | 'edited' | 'createdAt' | 'updatedAt'>;

/** An entry, or a server of the organization that came of none, as whoever asks sees it. */
export interface Service {
  id: ServiceId | ServerId;
  name: string;
  title: string;
  description: string;
  version: string;
  source: ServiceSource | 'server';
  enabled: boolean;
  /** Those made of it that one sees, oldest first. */
  servers: readonly VisibleServer[];
  runs: 'remote' | 'package';
  available: boolean;
  /** Why it cannot be configured now. */
  unavailableReason: string | null;
}

export interface DescribedService extends Service {
  /** JSON Schema 2020-12. */
  configSchema: Record<string, unknown>;
  capabilities: readonly string[];
  homepage: string | null;
}

/** A page of services, and how many there are on all. */
export interface ServicePage {
  services: Service[];
  total: number;
  next?: number;
}
