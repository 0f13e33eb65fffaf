import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PackageFault } from '../../core/registry/package-runner.port.js';

interface Surroundings {
  folder: string;
  npmEnvironment: Readonly<Record<string, string>>;
}

interface Installation extends Surroundings {
  registry: string;
  /** `name@1.2.3` */
  asked: string;
}

interface NpmRun extends Surroundings {
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  deadlineMs: number;
}

const ASK_MS = 15_000;
const INSTALL_MS = 120_000;
const MOST_WORDS = 8_192;

/** The registry that npm is configured with on this machine. @throws PackageFault */
export async function findRegistry({ folder, npmEnvironment }: Surroundings): Promise<string> {
  const said = await runNpm({
    folder,
    npmEnvironment,
    args: ['config', 'get', 'registry'],
    env: {},
    deadlineMs: ASK_MS,
  });
  const url = URL.parse(said.trim());
  if (!url || !/^https?:$/.test(url.protocol)) throw new PackageFault('npm is configured with no registry.');
  return url.href;
}

/**
 * `npm install` into a folder, with what npm needs of our environment and nobody's npm configuration: no scripts, no git.
 * @throws PackageFault with the first words of npm's own
 */
export async function installPackage({ folder, registry, npmEnvironment, asked }: Installation): Promise<void> {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', '--omit=dev', '--loglevel=error'];
  const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=2000'];
  const env = {
    HOME: folder,
    NPM_CONFIG_CACHE: join(folder, '..', 'npm-cache'),
    NPM_CONFIG_USERCONFIG: join(folder, '.npmrc'),
    NPM_CONFIG_UPDATE_NOTIFIER: 'false',
    NPM_CONFIG_GIT: 'git-is-not-used',
  };
  const args = ['install', ...flags, ...patience, `--registry=${registry}`, '--', asked];
  await runNpm({ folder, npmEnvironment, args, env, deadlineMs: INSTALL_MS });
}

/** @returns what it said. @throws PackageFault */
async function runNpm({ folder, npmEnvironment, args, env, deadlineMs }: NpmRun): Promise<string> {
  const child = spawn('npm', args, {
    cwd: folder,
    env: { ...npmEnvironment, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, words] = [gather(child.stdout), gather(child.stderr)];
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, deadlineMs);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new PackageFault(late ? 'npm took too long.' : sentenceOf(words(), folder));
    return said();
  } catch (error) {
    throw isMissing(error) ? new PackageFault('there is no npm on this machine.') : error;
  } finally {
    clearTimeout(timer);
  }
}

/** @returns what gives its first words */
function gather(stream: NodeJS.ReadableStream): () => string {
  let words = '';
  stream.on('data', (chunk: Buffer) => {
    if (words.length < MOST_WORDS) words += chunk.toString('utf8');
  });
  return () => words;
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

function sentenceOf(words: string, folder: string): string {
  const lines = words.split('\n').map((line) => line.replace(/^npm (?:error|ERR!)\s*/, '').trim());
  const said = lines.filter((line) => line !== '' && !line.includes(folder) && !/^A complete log/.test(line));
  return said.slice(0, 3).join(' ').slice(0, 500) || 'npm failed.';
}
