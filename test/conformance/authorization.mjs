import { OAuthBrowser } from '../support/oauth-browser.ts';
import { startFreshProduct } from './product.mjs';
import { tell } from './report.mjs';
import { runSuite } from './run-suite.mjs';
import { AUTHORIZATION_SUITE } from './suites.mjs';

const CALLBACK_PORT = '3911';

/** The suite for authorization servers against `/oauth`; it prints an address, and the browser goes there. */
export async function conformanceOfAuthorization() {
  const product = await startFreshProduct();
  try {
    const issuer = `${product.origin}/oauth`;
    const client = await register(product.origin);
    const browser = new OAuthBrowser(product.origin, product.api.token);
    const onLine = (line) => {
      if (!/^https?:\/\/\S+[?&]response_type=code/.test(line)) return;
      // The suite waits for its answer; that there was none is what it tells then.
      visit(browser, line.trim()).catch((error) => console.log(`  The browser: ${error.message}`));
    };
    const given = [
      '--url',
      issuer,
      '--client-id',
      client,
      '--port',
      CALLBACK_PORT,
      '--resource',
      `${product.origin}/mcp`,
    ];
    return tell(AUTHORIZATION_SUITE.name, await runSuite(AUTHORIZATION_SUITE, 'authorization', given, { onLine }));
  } finally {
    await product.stop();
  }
}

/** Signs in, allows it, and goes where the client waits. */
async function visit(browser, address) {
  await fetch(await browser.authorize(address));
}

/** As any client does that nobody knows yet. */
async function register(origin) {
  const response = await fetch(`${origin}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Conformance',
      redirect_uris: [`http://127.0.0.1:${CALLBACK_PORT}/callback`],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    }),
  });
  if (response.status !== 201) throw new Error(`Registering: ${response.status} ${await response.text()}`);
  return (await response.json()).client_id;
}
