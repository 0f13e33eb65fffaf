import { startConformanceUpstream } from '../fixtures/conformance-upstream/start.mjs';
import { startHeaderProxy } from './header-proxy.mjs';
import { addServer, makeKey, startFreshProduct } from './product.mjs';
import { compare, tell } from './report.mjs';
import { runSuite } from './run-suite.mjs';
import { SERVER_SUITES } from './suites.mjs';

/**
 * The suites for servers through `/mcp/s/{server}`, beside the same upstream alone. A second run has no credential.
 * @param options.alone only the upstream
 * @param options.era in which the upstream is spoken to through the product: `both`, `legacy` or `modern`
 * @param options.at an endpoint that runs, before `options.upstream`, with `options.authorization`
 */
export async function conformanceOfServer({ alone = false, era, at, upstream, authorization }) {
  if (alone) return withUpstream('both', runAlone);
  if (at) return beside(upstream, { endpoint: at, authorization });
  return withUpstream(era, (behind) =>
    withProduct(behind, (given) => withUpstream('both', (url) => beside(url, given))),
  );
}

async function withUpstream(era, work) {
  const upstream = await startConformanceUpstream({ era });
  try {
    return await work(upstream.url);
  } finally {
    await upstream.close();
  }
}

async function withProduct(behind, work) {
  const product = await startFreshProduct();
  try {
    const server = await addServer(product.api, behind);
    const authorization = `Bearer ${await makeKey(product.api)}`;
    return await work({ endpoint: `${product.origin}/mcp/s/${server.id}`, authorization });
  } finally {
    await product.stop();
  }
}

async function runAlone(url) {
  let failures = 0;
  for (const suite of SERVER_SUITES) {
    failures += tell(suite.name, await runSuite(suite, 'server', ['--url', url]), { mayBeEmpty: true });
  }
  return failures;
}

async function beside(aloneUrl, { endpoint, authorization }) {
  const proxy = await startHeaderProxy(endpoint, { authorization });
  const throughUrl = proxy.origin + new URL(endpoint).pathname;
  try {
    let failures = await refusesStrangers(endpoint);
    for (const suite of SERVER_SUITES) {
      const urls = [aloneUrl, throughUrl];
      const [alone, through] = await Promise.all(urls.map((url) => runSuite(suite, 'server', ['--url', url])));
      failures += compare(suite.name, alone, through);
    }
    return failures;
  } finally {
    await proxy.close();
  }
}

/** What both eras begin with, and the rest: without a credential all of it is refused with 401. */
const FIRST_REQUESTS = [
  { method: 'POST', body: { method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } } },
  {
    method: 'POST',
    body: { method: 'server/discover', params: {} },
    headers: { 'mcp-protocol-version': '2026-07-28' },
  },
  { method: 'POST', body: { method: 'tools/list', params: {} } },
  { method: 'GET' },
  { method: 'DELETE' },
];

async function refusesStrangers(endpoint) {
  let failures = 0;
  for (const { method, body, headers } of FIRST_REQUESTS) {
    const response = await fetch(endpoint, {
      method,
      headers: {
        accept: 'application/json, text/event-stream',
        ...(body && { 'content-type': 'application/json', 'mcp-method': body.method }),
        ...headers,
      },
      ...(body && { body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...body }) }),
    });
    await response.body?.cancel();
    const isRefused = response.status === 401 && response.headers.has('www-authenticate');
    if (isRefused) continue;
    failures += 1;
    console.log(`  FAIL     ${method} ${body?.method ?? ''} without a credential: ${response.status}`);
  }
  console.log(`Without a credential: ${FIRST_REQUESTS.length - failures} of ${FIRST_REQUESTS.length} requests refused`);
  return failures;
}
