import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PackageFault } from '../../core/registry/package-runner.port.js';

interface NpmRun {
  folder: string;
  registry: string;
  npmEnvironment: Readonly<Record<string, string>>;
  /** `name@1.2.3` */
  asked: string;
}

const DEADLINE_MS = 120_000;
const MOST_WORDS = 8_192;

/**
 * `npm install` into a folder, with what npm needs of our environment and nobody's npm configuration: no scripts, no git.
 * @throws PackageFault with the first words of npm's own
 */
export async function runNpm({ folder, registry, npmEnvironment, asked }: NpmRun): Promise<void> {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', '--omit=dev', '--loglevel=error'];
  const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=2000'];
  const child = spawn('npm', ['install', ...flags, ...patience, `--registry=${registry}`, '--', asked], {
    cwd: folder,
    env: {
      ...npmEnvironment,
      HOME: folder,
      npm_config_cache: join(folder, '..', 'npm-cache'),
      npm_config_userconfig: join(folder, '.npmrc'),
      npm_config_update_notifier: 'false',
      npm_config_git: 'git-is-not-used',
    },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (words.length < MOST_WORDS) words += chunk.toString('utf8');
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, DEADLINE_MS);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new PackageFault(late ? 'npm took too long.' : sentenceOf(words, folder));
  } catch (error) {
    throw isMissing(error) ? new PackageFault('there is no npm on this machine.') : error;
  } finally {
    clearTimeout(timer);
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

function sentenceOf(words: string, folder: string): string {
  const lines = words.split('\n').map((line) => line.replace(/^npm (?:error|ERR!)\s*/, '').trim());
  const said = lines.filter((line) => line !== '' && !line.includes(folder) && !/^A complete log/.test(line));
  return said.slice(0, 3).join(' ').slice(0, 500) || 'npm failed.';
}
