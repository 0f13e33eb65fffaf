import { inRoot, recentNode } from '../../scripts/lib/node.mjs';
import { startFreshProduct } from './product.mjs';
import { tell } from './report.mjs';
import { runSuite } from './run-suite.mjs';
import { CLIENT_SUITES } from './suites.mjs';

const COMMAND = `${recentNode()} ${inRoot('test/conformance/client-command.mjs')}`;

/**
 * The suites for clients: each scenario starts the command with the address of a server, which has the product register
 * it, sign in to it, list its tools and call the first. Where the product runs and who asks it is in the environment.
 */
export async function conformanceOfClient() {
  const product = await startFreshProduct();
  const env = { CONFORMANCE_PRODUCT: product.origin, CONFORMANCE_TOKEN: product.api.token };
  try {
    let failures = 0;
    for (const suite of CLIENT_SUITES) {
      const found = await runSuite(suite, 'client', ['--command', COMMAND, '--timeout', '30000'], { env });
      const failed = tell(suite.isShownOnly ? `${suite.name} (shown only)` : suite.name, found, suite);
      if (!suite.isShownOnly) failures += failed;
    }
    return failures;
  } finally {
    await product.stop();
  }
}
