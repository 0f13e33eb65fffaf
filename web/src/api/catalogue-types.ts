export interface Service {
  id: string;
  name: string;
  title: string;
  description: string;
  version: string;
  /** Where its entry comes from. */
  source: string;
  configured: boolean;
  server_ids: string[];
  runs: 'remote' | 'package';
  available: boolean;
  unavailable_reason: string | null;
  /** Whether it is offered. */
  enabled: boolean;
}

export interface ServiceDetail extends Service {
  config_schema: Record<string, unknown>;
  capabilities: string[];
  homepage: string | null;
}

/** An exact package that this instance may run. */
export interface ListedPackage {
  id: string;
  package: string;
  version: string;
  listed_at: string;
  listed_by: string | null;
  /** That run it, of all organizations. */
  servers: number;
}

export interface CatalogueImported {
  added: string[];
  changed: string[];
  left_out: { name: string; reason: string }[];
}
