import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** `node scripts/jest.mjs <suite> [jest arguments]`: one suite of jest.config.mjs, on this Node. */
const [suite = 'unit', ...rest] = process.argv.slice(2);
const jest = fileURLToPath(new URL('../node_modules/jest/bin/jest.js', import.meta.url));
const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const { status } = spawnSync(process.execPath, [...options, jest, ...rest], {
  stdio: 'inherit',
  env: { ...process.env, SUITE: suite },
});
process.exit(status ?? 1);
