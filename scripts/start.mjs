import { become, inRoot, recentNode, SERVER_FLAGS } from './lib/node.mjs';

/** Builds what is missing or older than its sources, then becomes the server. */
if (recentNode() === process.execPath) {
  // Loaded late: it needs a recent Node.
  const { isFresh, isPresent } = await import('./lib/inputs.mjs');
  const stale = ['server', 'web'].filter((name) => isPresent(name) && !isFresh(name));
  if (stale.length > 0) await build(stale);
  become([...SERVER_FLAGS, inRoot('dist/src/main.js'), ...process.argv.slice(2)]);
} else {
  become([inRoot('scripts/start.mjs'), ...process.argv.slice(2)]);
}

async function build(parts) {
  console.log(`Building (${parts.join(', ')}) …`);
  const { runStep } = await import('./lib/steps.mjs');
  const { passed } = await runStep({ name: 'build', args: [inRoot('scripts/build.mjs'), ...parts] });
  if (!passed) process.exit(1);
}
