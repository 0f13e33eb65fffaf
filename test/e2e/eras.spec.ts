import { CLIENTS, type ConnectEra, type EraClient } from '../support/eras/clients.js';
import { TRIES } from '../support/eras/table.js';
import {
  type ConformanceUpstream,
  startConformanceUpstream,
  type UpstreamEra,
} from '../support/upstreams/conformance-upstream.js';

/** Who speaks with whom without anything between. */
const OWN: readonly [string, UpstreamEra][] = [
  ['2025-06-18', 'legacy'],
  ['2025-11-25', 'legacy'],
  ['2025-11-25', 'sse'],
  ['2026-07-28', 'modern'],
];

describe.each(OWN)('a client of %s, directly at a server of its own era (%s)', (revision, era) => {
  let upstream: ConformanceUpstream;
  let client: EraClient;

  beforeAll(async () => {
    upstream = await startConformanceUpstream(era);
    const connect = CLIENTS[revision] as ConnectEra;
    client = await connect({ url: upstream.url, headers: {} });
  });
  afterAll(async () => {
    await client.close();
    await upstream.stop();
  });

  test.each(Object.entries(TRIES))('%s', (_name, attempt) => attempt(client, upstream));
});
