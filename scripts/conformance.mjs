import { parseArgs } from 'node:util';

/**
 * `npm run conformance -- server | client | authorization`: the public conformance suites of MCP against the built
 * product. `server --alone` runs them against the upstream that stands behind it, `--era legacy` has it
 * speak the older era only towards the product.
 */
const PARTS = {
  server: async (options) => (await import('../test/conformance/server.mjs')).conformanceOfServer(options),
  client: async (options) => (await import('../test/conformance/client.mjs')).conformanceOfClient(options),
  authorization: async (options) =>
    (await import('../test/conformance/authorization.mjs')).conformanceOfAuthorization(options),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    alone: { type: 'boolean' },
    era: { type: 'string' },
    at: { type: 'string' },
    upstream: { type: 'string' },
    authorization: { type: 'string' },
  },
});
const unknown = positionals.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`There is no part "${unknown.join('", "')}": ${Object.keys(PARTS).join(', ')}.`);
  process.exit(1);
}
let failures = 0;
for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
  console.log(`== ${name}`);
  failures += await PARTS[name](values);
}
console.log(failures === 0 ? 'All holds.' : `${failures} checks do not hold.`);
process.exit(failures === 0 ? 0 : 1);
