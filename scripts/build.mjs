import { compressTexts } from './lib/compress.mjs';
import { findFaults } from './lib/emitted.mjs';
import { fingerprintOf, isPresent, markFresh } from './lib/inputs.mjs';
import { runStep } from './lib/steps.mjs';

/** `node scripts/build.mjs [server] [web]`: both without arguments. Types are checked by `npm run check`. */
const asked = process.argv.slice(2);
const wanted = asked.length > 0 ? asked : ['server', 'web'];

const BUILDERS = {
  server: async () => {
    const { passed } = await runStep({ name: 'build server', args: ['node_modules/@nestjs/cli/bin/nest.js', 'build'] });
    const faults = passed ? findFaults() : [];
    for (const fault of faults) console.error(fault);
    return passed && faults.length === 0;
  },
  web: async () => {
    const args = ['node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn'];
    // Vite and React make a development build of anything but production.
    const { passed } = await runStep({ name: 'build web', args, env: { NODE_ENV: 'production' } });
    if (passed) await compressTexts('web/dist');
    return passed;
  },
};

for (const name of wanted) {
  if (!(name in BUILDERS)) {
    console.error(`Unknown part ${name}; one of ${Object.keys(BUILDERS).join(', ')}.`);
    process.exit(2);
  }
  if (!isPresent(name)) continue;
  const taken = fingerprintOf(name);
  if (!(await BUILDERS[name]())) process.exit(1);
  markFresh(name, taken);
}
