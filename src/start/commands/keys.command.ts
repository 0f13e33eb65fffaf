import { SigningKeys } from '../../core/oauth/signing-keys.service.js';
import { Clock } from '../../platform/clock.js';
import { KEY_CARE } from '../../platform/crypto/key-care.js';
import { KeyRotation } from '../../platform/crypto/key-rotation.js';
import type { StoredKey } from '../../platform/crypto/key-store.js';
import { KEY_GROUPS, type KeyGroup } from '../../platform/crypto/keyring.js';
import { Database } from '../../platform/database/database.js';
import { AppError } from '../../platform/errors/app-error.js';
import { choreKey, doChore } from '../../platform/jobs/chore.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { type OpenDatabase, openDatabase } from '../open-database.js';
import { prepareKeys } from '../open-keys.js';
import type { Command, CommandRun } from './command.js';

const USAGE = [
  'npm run keys -- list                            the keys, and which secret protects them',
  'npm run keys -- rotate [data|signing|codes|all] new keys; all is meant where nothing is named',
  'npm run keys -- replace-lost                    new keys for those whose SECRET_KEY is lost',
].join('\n');

export const keysCommand: Command = async (run) => {
  const [action = 'list', ...rest] = run.args;
  if (!['list', 'rotate', 'replace-lost'].includes(action)) throw usage();
  const groups = action === 'rotate' ? readGroups(rest) : [];
  const opened = await openDatabase(run.config, run.logger, { asItIs: true });
  try {
    await work(run, opened, action, groups);
  } finally {
    await opened.close();
  }
};

async function work(
  { config, logger, say }: CommandRun,
  { dataSource }: OpenDatabase,
  action: string,
  groups: readonly KeyGroup[],
): Promise<void> {
  const clock = new Clock();
  const database = new Database(dataSource);
  if (!(await hasKeys(database))) throw neverStarted();
  const { keyring, store, wrap, lifetimes, secretOfFirstKeys } = await prepareKeys({ config, database, clock, logger });
  const rotation = new KeyRotation({ store, wrap, clock, lifetimes });
  if (action === 'replace-lost') {
    const replaced = await rotation.replaceLost();
    say(replaced === 0 ? 'No key is lost.' : `${replaced} keys were given up. Start the processes again.`);
    return;
  }
  if (action === 'rotate') {
    await store.open(secretOfFirstKeys);
    const activatesAt = await rotation.rotate(groups);
    const runAt = new Date(activatesAt.getTime() + 1_000);
    await new Jobs(database).enqueue(doChore, { name: KEY_CARE }, { key: choreKey(KEY_CARE), runAt });
    say(`New keys (${groups.join(', ')}) are in use from ${activatesAt.toISOString()} on.`);
    if (groups.includes('signing')) {
      // Processes look by themselves, long before the key is used.
      const signing = SigningKeys.withoutHints({ database, keyring, clock, logger });
      say(`Tokens of OAuth are signed with a new key from ${(await signing.rotate()).toISOString()} on.`);
    }
    if (groups.includes('data')) say('Stored secrets are sealed anew then, by whichever process runs jobs.');
  }
  for (const line of table(await store.list(), clock.now())) say(line);
}

function readGroups(names: readonly string[]): KeyGroup[] {
  const all = Object.keys(KEY_GROUPS) as KeyGroup[];
  if (names.length === 0 || names.includes('all')) return all;
  const groups = all.filter((group) => names.includes(group));
  if (groups.length !== new Set(names).size) throw usage();
  return groups;
}

async function hasKeys(database: Database): Promise<boolean> {
  const [row] = await database.sql<{ found: string | null }>(`select to_regclass('keys')::text as found`);
  return row?.found != null;
}

function table(keys: readonly StoredKey[], now: Date): string[] {
  const using = new Map<string, number>();
  for (const { purpose, version, activatesAt } of keys) {
    if (activatesAt <= now && !using.has(purpose)) using.set(purpose, version);
  }
  const stateOf = ({ purpose, version, activatesAt, retiresAt }: StoredKey) => {
    if (activatesAt > now) return `from ${activatesAt.toISOString()}`;
    if (using.get(purpose) === version) return 'in use';
    return retiresAt ? `counts until ${retiresAt.toISOString()}` : 'opens what is not sealed anew yet';
  };
  const rows = keys.map((key) => [key.purpose, `v${key.version}`, key.wrappedBy, stateOf(key)]);
  return [['KEY', 'VERSION', 'SECRET', 'STATE'], ...rows].map(
    ([purpose = '', version = '', secret = '', state = '']) =>
      `${purpose.padEnd(16)}${version.padEnd(9)}${secret.padEnd(14)}${state}`,
  );
}

const usage = () => new AppError('invalid', 'USAGE', USAGE);

const neverStarted = () =>
  new AppError('conflict', 'NEVER_STARTED', 'There are no keys yet: start this version of the product once.');
