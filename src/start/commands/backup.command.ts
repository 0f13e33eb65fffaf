import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseArtifactStore } from '../../adapters/artifact-store/choose-artifact-store.js';
import { AppError } from '../../platform/errors/app-error.js';
import { backupFolder, timeInName } from '../backup/backup-files.js';
import { writeBackup } from '../backup/write-backup.js';
import { openDatabase } from '../open-database.js';
import { readSecret } from '../secret.js';
import type { Command } from './command.js';

const USAGE = [
  'npm run backup                        into BACKUP_DIR, or the folder "backups" in DATA_DIR',
  'npm run backup -- --to file.tar.gz    into a file; without .gz it is not compressed',
  'npm run backup -- --with-secret       with the secret: whoever has the file then opens everything in it',
].join('\n');

export const backupCommand: Command = async ({ config, logger, args, say }) => {
  const { to, withSecret } = readOptions(args);
  const file = to === undefined ? join(backupFolder(config), `switchyard-${timeInName()}.tar.gz`) : resolve(to);
  if (await stat(file).catch(() => undefined)) {
    throw new AppError('conflict', 'FILE_EXISTS', `${file} is there already. Choose another name.`);
  }
  const store = await chooseArtifactStore(config, logger);
  const opened = await openDatabase(config, logger, { asItIs: true });
  try {
    if (await opened.dataSource.showMigrations()) throw anotherVersion();
    const secret = withSecret ? { secret: await readSecret(config.dataDirectory, config.secretKey) } : {};
    const { tables, artifacts, damaged, secrets } = await writeBackup({
      connection: opened.connection,
      store,
      file,
      ...secret,
    });
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    const { size } = await stat(file);
    say(`${file}: ${rows} rows, ${artifacts.count} files, ${size} bytes.`);
    for (const id of damaged.slice(0, 20)) say(`The bytes of ${id} are missing or not whole in the store.`);
    say(
      withSecret
        ? 'The secret is in it: keep it as you would keep the secret.'
        : `The secret is not in it. Keep ${config.secretKey === undefined ? 'secrets/instance.key of the data folder' : 'SECRET_KEY'} (fingerprint ${secrets.join(', ')}) elsewhere: without it stored credentials do not open.`,
    );
  } finally {
    await opened.close();
  }
};

function readOptions(args: readonly string[]): { to: string | undefined; withSecret: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { to: { type: 'string' }, 'with-secret': { type: 'boolean', default: false } },
    });
    return { to: values.to, withSecret: values['with-secret'] };
  } catch (error) {
    throw new AppError('invalid', 'USAGE', USAGE, { cause: error });
  }
}

const anotherVersion = () =>
  new AppError(
    'conflict',
    'ANOTHER_VERSION',
    'The database is of an older version. Make the backup with that version, or start this one once.',
  );
