import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseArtifactStore } from '../../adapters/artifact-store/choose-artifact-store.js';
import { Clock } from '../../platform/clock.js';
import { AppError } from '../../platform/errors/app-error.js';
import { restoreBackup } from '../backup/restore-backup.js';
import { openDatabase } from '../open-database.js';
import type { Command } from './command.js';

const USAGE = [
  'npm run restore -- file                     puts the backup in the place of what is there',
  'npm run restore -- file --without-secret    although the secret that protects its keys is lost',
].join('\n');

export const restoreCommand: Command = async ({ config, logger, args, say }) => {
  const { file, withoutSecret } = readOptions(args);
  const store = await chooseArtifactStore(config, logger);
  const { connection, dataSource, close } = await openDatabase(config, logger, { asItIs: true });
  try {
    const clock = new Clock();
    const parts = { config, connection, dataSource, store, clock, logger, file, withoutSecret, say };
    const { manifest } = await restoreBackup(parts);
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    say(`Restored: ${rows} rows, ${manifest.artifacts.count} files, as they were at ${manifest.made_at}.`);
    say('Start the product. What was going on then is stopped, and can be sent or tried again.');
  } finally {
    await close();
  }
};

function readOptions(args: readonly string[]): { file: string; withoutSecret: boolean } {
  const usage = (cause?: unknown) => new AppError('invalid', 'USAGE', USAGE, { cause });
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'without-secret': { type: 'boolean', default: false } },
    });
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) throw usage();
    return { file: resolve(file), withoutSecret: values['without-secret'] };
  } catch (error) {
    throw usage(error);
  }
}
