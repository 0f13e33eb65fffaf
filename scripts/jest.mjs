import { become, inRoot } from './lib/node.mjs';

/** `node scripts/jest.mjs <suite> [jest arguments]`: one suite of jest.config.mjs. */
const [suite = 'unit', ...rest] = process.argv.slice(2);
const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
become([...options, inRoot('node_modules/jest/bin/jest.js'), ...rest], { SUITE: suite });
