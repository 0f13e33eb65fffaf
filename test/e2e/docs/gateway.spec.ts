import { LIMITS } from '../../../libs/mcp-gateway/src/limits.js';
import { LEGACY_VERSIONS, MODERN_VERSIONS } from '../../../libs/mcp-gateway/src/revisions.js';
import { MOST_SHOWN, SEARCH_TOOLS } from '../../../src/core/gateway/search-tools.js';
import { SEARCH_TOKENS } from '../../../web/src/toolsets/toolset-words.js';
import { CLIENTS } from '../../support/eras/clients.js';
import { TRIES } from '../../support/eras/table.js';
import { readPage, tableBelow } from './markdown.js';

const page = readPage('docs/gateway.md');
const MIB = 1024 * 1024;

describe('the description of the gateway', () => {
  it('has the revisions', () => {
    const [, told = ''] = /^## Eras\n\n([\s\S]*?)\n\n/m.exec(page) ?? [];
    const revisions = [...told.matchAll(/\d{4}-\d\d-\d\d/g)].map(([revision]) => revision);
    expect([...new Set(revisions)].sort()).toEqual([...LEGACY_VERSIONS, ...MODERN_VERSIONS].sort());
  });

  it('has each pair of eras that is tried, and what is tried of it', () => {
    const rows = tableBelow(page, 'Eras');
    const servers = [...new Set(rows.map(([, server]) => server))];
    const pairs = Object.keys(CLIENTS).flatMap((client) => servers.map((server) => [client, server]));
    expect(servers).toHaveLength(3);
    expect(rows.map(([client, server]) => [client, server])).toEqual(pairs);
    // A test fails where it is not so.
    const all = Object.keys(TRIES).map(() => 'yes');
    expect(rows.map(([, , ...tried]) => tried)).toEqual(pairs.map(() => all));
  });

  it('has the limits', () => {
    const told = tableBelow(page, 'Limits').map(([what = '', most = '']) => `${what}: ${most}`);
    const { maxListenersOfSession: ofSession, maxListenersOfKey: ofKey } = LIMITS;
    const expected = [
      `a message: ${LIMITS.maxBodyBytes / MIB} MiB`,
      `a batch (2025-03-26 only): ${LIMITS.maxBatch} messages`,
      `streams for listening, of a session and of a credential: ${ofSession} and ${ofKey.toLocaleString('en')}`,
      `resources that one of them hears of: ${LIMITS.maxSubscriptions}`,
      `what a reader leaves unread: ${LIMITS.maxUnreadBytes / MIB} MiB`,
      `a minute, ${LIMITS.maxKeptEvents} events, ${LIMITS.maxKeptBytes / MIB} MiB`,
      `${LIMITS.streamAfterMs / 1_000} seconds, then it becomes a stream, alive each ${LIMITS.keepAliveMs / 1_000}`,
      `${LIMITS.questionTimeoutMs / 60_000} minutes; \`requestState\` ${LIMITS.stateLifetimeMs / 60_000}`,
    ];
    expect(expected.filter((limit) => !told.some((line) => line.includes(limit)))).toEqual([]);
  });

  it('says what search costs, as the web client does', () => {
    const tokens = SEARCH_TOOLS.reduce((sum, tool) => sum + Math.ceil(JSON.stringify(tool).length / 4), 0);
    expect(Math.abs(tokens - SEARCH_TOKENS)).toBeLessThan(10);
    expect(page).toContain(`about ${SEARCH_TOKENS} tokens`);
    expect(page).toContain(`up to ${MOST_SHOWN} answers`);
  });
});
