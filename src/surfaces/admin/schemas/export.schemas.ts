import { z } from 'zod';
import type { PublicExportKey } from '../../../core/catalogue/export-keys.service.js';
import { IMPORT_ACTIONS, type ImportOptions, ON_CONFLICT } from '../../../core/catalogue/import-plan.js';
import type { ImportReport } from '../../../core/catalogue/server-imports.service.js';

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((value) => value === 'true');

export const ImportQuery = z
  .strictObject({
    dry_run: flag.meta({ description: 'Only say what would be done.' }),
    on_conflict: z.enum(ON_CONFLICT).default('skip').meta({
      description: 'What becomes of a server whose name is taken: left alone, changed to what the file says, or added.',
    }),
    allow_loosening: flag.meta({ description: 'Let calls need less than they do here.' }),
  })
  .transform(({ dry_run, on_conflict, allow_loosening }): ImportOptions & { dryRun: boolean } => ({
    dryRun: dry_run,
    onConflict: on_conflict,
    allowLoosening: allow_loosening,
  }));

export const PublicKeyView = z
  .object({
    algorithm: z.literal('ed25519'),
    key_id: z.string(),
    public_key: z.string().meta({ description: 'SPKI, base64.' }),
  })
  .meta({ id: 'ExportPublicKey' });

export const toPublicKeyView = ({ id, publicKey }: PublicExportKey): z.infer<typeof PublicKeyView> => ({
  algorithm: 'ed25519',
  key_id: id,
  public_key: publicKey,
});

const changes = z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() }));

export const ImportReportView = z
  .object({
    dry_run: z.boolean(),
    signature: z.object({
      signer: z.enum(['own', 'known', 'unknown']).meta({
        description: 'This instance, one whose file was imported before, or one that was never met.',
      }),
      key_id: z.string(),
    }),
    summary: z.object({
      create: z.int(),
      update: z.int(),
      rename: z.int(),
      same: z.int(),
      skip: z.int(),
    }),
    servers: z.array(
      z.object({
        name: z.string(),
        action: z.enum(IMPORT_ACTIONS),
        new_name: z.string().nullable(),
        server_id: z.string().nullable(),
        changes,
        kept: changes.meta({ description: 'What the file would loosen, and stays as it is.' }),
        needs: z.array(z.string()).meta({ description: 'What a person has to enter.', example: ['credentials'] }),
        tools: z.object({ total: z.int(), same: z.int(), different: z.int(), unknown: z.int() }),
      }),
    ),
  })
  .meta({ id: 'ImportReport' });

export const toImportReportView = (report: ImportReport): z.infer<typeof ImportReportView> => ({
  dry_run: report.dryRun,
  signature: { signer: report.signature.signer, key_id: report.signature.keyId },
  summary: { ...report.summary },
  servers: report.servers.map((server) => ({
    name: server.name,
    action: server.action,
    new_name: server.newName,
    server_id: server.serverId,
    changes: server.changes.map(({ field, from, to }) => ({ field, from, to })),
    kept: server.kept.map(({ field, from, to }) => ({ field, from, to })),
    needs: [...server.needs],
    tools: { ...server.tools },
  })),
});
