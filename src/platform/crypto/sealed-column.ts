export interface SealedAnew {
  rows: number;
  /** Where the next part begins; absent when all rows were seen. */
  next?: string;
}

/** A column that holds sealed secrets: its owner says how they are sealed anew when the key was rotated. */
export abstract class SealedColumn {
  /** Key versions that are in use in it. */
  abstract versions(): Promise<number[]>;
  /** Seals rows anew that are sealed with another version than the one in use: at most `limit` of those after `after`. */
  abstract sealAnew(after: string, limit: number): Promise<SealedAnew>;
}
