import { z } from 'zod';

export const FORMAT = 1;
export const MANIFEST = 'manifest.json';
export const SECRET = 'secret';

/** `table/<name>/<part>`: a table in the text form of COPY, in parts; parts of one table follow one another. */
export const tablePart = (name: string, part: number) => `table/${name}/${String(part).padStart(6, '0')}`;
/** `artifact/<sha256>/<id>`: the bytes of one artifact. */
export const artifactEntry = (id: string, sha256: string) => `artifact/${sha256}/${id}`;

/** Jobs are kept by what the engine's own functions take, so that its tables may change. */
export const JOBS = 'pending_jobs';

const NAME = /^[a-z_][a-z0-9_]{0,62}$/;

const Table = z.object({
  name: z.string().regex(NAME),
  columns: z.array(z.string().regex(NAME)),
  rows: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  sha256: z.string(),
});

/** What a backup says of itself, as its last entry: one without is not complete. */
export const Manifest = z.object({
  product: z.literal('switchyard'),
  format: z.literal(FORMAT),
  version: z.string(),
  made_at: z.iso.datetime(),
  migrations: z.array(z.string()),
  /** Fingerprints of the secrets that protect its keys. */
  secrets: z.array(z.string()),
  secret_included: z.boolean(),
  tables: z.array(Table),
  artifacts: z.object({ count: z.int(), bytes: z.int() }),
  /** Recorded files whose bytes were not in the store, or not whole. */
  damaged: z.array(z.string()),
});

export type Manifest = z.infer<typeof Manifest>;
export type TableFigures = z.infer<typeof Table>;
