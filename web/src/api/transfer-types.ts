export type ImportAction = 'create' | 'update' | 'rename' | 'same' | 'skip';
export type OnConflict = 'skip' | 'update' | 'rename';

export interface FieldChange {
  field: string;
  from: unknown;
  to: unknown;
}

export interface ImportedServer {
  name: string;
  action: ImportAction;
  new_name: string | null;
  server_id: string | null;
  changes: FieldChange[];
  /** What the file would loosen, and stays as it is. */
  kept: FieldChange[];
  /** What a person has to enter. */
  needs: string[];
  tools: { total: number; same: number; different: number; unknown: number };
}

export interface ImportReport {
  dry_run: boolean;
  signature: { signer: 'own' | 'known' | 'unknown'; key_id: string };
  summary: Record<ImportAction, number>;
  servers: ImportedServer[];
}
