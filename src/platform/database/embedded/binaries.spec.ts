import { chmod, cp, lstat, mkdtemp, readdir, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, canEnter, chooseAccount } from './account.js';
import { findPackage, type PostgresPackage, prepareBinaries } from './binaries.js';
import { prepareDirectories } from './directories.js';

let folder: string;
let account: Account;
const messages: string[] = [];
const log = (message: string) => messages.push(message);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-binaries-'));
  await chmod(folder, 0o711);
  account = await chooseAccount(join(folder, 'none'));
  messages.length = 0;
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** The package as it is before its install script has run. */
async function withoutLinks(): Promise<PostgresPackage> {
  const installed = await findPackage();
  const root = join(folder, 'package');
  await cp(installed.root, root, { recursive: true, verbatimSymlinks: true });
  await chmod(root, 0o755);
  for (const entry of await readdir(join(root, 'native'), { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) await unlink(join(entry.parentPath, entry.name));
  }
  return { ...installed, root };
}

test('links that the install script did not make are made', async () => {
  const source = await withoutLinks();
  const { postgres } = await prepareBinaries({ source, directory: folder, account, log });
  expect(postgres.startsWith(source.root)).toBe(true);
  expect((await lstat(join(source.root, 'native/lib/libicui18n.so.60'))).isSymbolicLink()).toBe(true);
});

test('a platform without binaries is told to bring its own database', async () => {
  await expect(findPackage('sunos', 'mips')).rejects.toMatchObject({
    code: 'EMBEDDED_POSTGRES_UNSUPPORTED_PLATFORM',
    message: expect.stringContaining('DATABASE_URL') as unknown,
  });
});

test('a socket folder that somebody else made is refused', async () => {
  const dataDirectory = join(folder, 'd'.repeat(100));
  const prepare = () => prepareDirectories({ dataDirectory, major: '18', log, temporaryDirectory: folder });
  const { socketDirectory } = await prepare();
  expect(socketDirectory.startsWith(folder)).toBe(true);
  await chmod(socketDirectory, 0o777);
  await expect(prepare()).rejects.toMatchObject({ code: 'EMBEDDED_POSTGRES_UNSAFE_SOCKET_FOLDER' });
});

if (process.getuid?.() === 0) {
  test('binaries that the account of PostgreSQL cannot read are copied beside the data', async () => {
    const source = await withoutLinks();
    await chmod(source.root, 0o700);
    const { postgres } = await prepareBinaries({ source, directory: folder, account, log });
    expect(postgres).toBe(join(folder, `native-${source.version}`, 'native/bin/postgres'));
    expect(messages).toHaveLength(1);
    await prepareBinaries({ source, directory: folder, account, log });
    expect(messages).toHaveLength(1);
  });

  test('a folder that the account of PostgreSQL cannot enter is replaced, and that is said', async () => {
    const closed = join(folder, 'closed');
    const stateDirectory = join(folder, 'state');
    const prepare = () => prepareDirectories({ dataDirectory: join(closed, 'data'), major: '18', log, stateDirectory });
    await prepare();
    await chmod(closed, 0o700);
    messages.length = 0;
    const layout = await prepare();
    expect(layout.directory.startsWith(`${stateDirectory}/switchyard-`)).toBe(true);
    expect(await canEnter(layout.directory, layout.account)).toBe(true);
    expect(messages.join()).toContain(layout.directory);
    expect((await prepare()).directory).toBe(layout.directory);
  });
}
