export interface Service {
  id: string;
  name: string;
  title: string | null;
  description: string | null;
  version: string | null;
  /** Where its entry comes from. */
  source: string;
  configured: boolean;
  server_ids: string[];
  runs: 'remote' | 'package';
  available: boolean;
  unavailable_reason: string | null;
  /** Told to who may change it. */
  enabled?: boolean;
}

export interface ServiceDetail extends Service {
  config_schema: Record<string, unknown>;
  capabilities: unknown;
  homepage: string | null;
}

/** An exact package that this instance may run. */
export interface ListedPackage {
  id: string;
  package: string;
  version: string;
  created_at?: string;
}
