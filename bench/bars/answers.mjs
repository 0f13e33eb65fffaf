import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Algorithm, hash } from '@node-rs/argon2';
import { makeFolder, startProduct } from '../lib/app.mjs';
import { median, percentile, report } from '../lib/measure.mjs';

const PAIRS = 400;
const APART_MS = 5;
/** The product, with a way in for statements. */
const SCRIPT = fileURLToPath(new URL('../lib/log-writer.mjs', import.meta.url));
const PASSWORD = `Correct ${randomBytes(9).toString('base64url')}`;
/** What is hashed is made at the cost of the product, or a known address would be told by it. */
const COST = { algorithm: Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** What may be asked with no more than an address, and must not tell whether it has an account. */
const QUESTIONS = {
  'a code': ['/api/v1/auth/otp/request', (email) => ({ email })],
  'a link to sign in with': ['/v1/auth/magic-link', (email) => ({ email })],
  'a sign-in with a wrong password': [
    '/api/v1/auth/password/login',
    (email) => ({ email, password: 'wrong, of course' }),
  ],
  'a registration': [
    '/v1/auth/register',
    (email) => ({ email, password: `New ${randomBytes(9).toString('base64url')}`, firstName: 'Ada', lastName: 'L' }),
  ],
  'a link to a new password': ['/api/v1/auth/password/forgot', (email) => ({ email })],
};

/** So many pairs of a known and an unknown address, in turns: the same answer, and the same time, to each question. */
export async function answers(pairs = PAIRS) {
  const folder = await makeFolder();
  const app = await startProduct(folder, { script: SCRIPT });
  try {
    await makeAccounts(app, pairs);
    for (const [what, [path, bodyOf]] of Object.entries(QUESTIONS)) {
      const times = { known: [], unknown: [] };
      const said = { known: new Set(), unknown: new Set() };
      const ask = async (who, pair) => {
        const started = performance.now();
        const answer = await post(app.origin + path, bodyOf(addressOf(who, pair)));
        // The first ones wait for what is compiled and connected then.
        if (pair >= 0) times[who].push(performance.now() - started);
        said[who].add(answer.replaceAll(addressOf(who, pair), 'the address'));
      };
      for (let pair = -20; pair < pairs; pair += 1) {
        for (const who of pair % 2 === 0 ? ['known', 'unknown'] : ['unknown', 'known']) await ask(who, pair);
      }
      const [known, unknown] = [[...said.known].sort(), [...said.unknown].sort()];
      if (known.join() !== unknown.join()) throw new Error(`${what} is answered ${known}, or else ${unknown}`);
      const apart = Math.abs(median(times.known) - median(times.unknown));
      const spread = percentile(times.unknown, 0.9) - percentile(times.unknown, 0.1);
      console.log(`     ${what}: ${known}; nine of ten lie within ${spread.toFixed(1)} ms`);
      report(`${what}: medians of known and unknown, ms apart`, median(times.known), median(times.unknown), {
        limit: APART_MS,
        higherIsBetter: false,
        ratio: apart,
      });
    }
  } finally {
    await app.stop();
    await folder.remove();
  }
}

const addressOf = (who, pair) => `${who}-${pair + 1_000}@example.com`;

/** One account for each pair, so that none has more of a past than another. */
async function makeAccounts(app, pairs) {
  const made = await hash(PASSWORD, COST);
  await app.ask({
    sql: `insert into users (id, email, username, created_at, updated_at, password_hash, password_changed_at)
      select 'user_' || md5(n::text), 'known-' || n || '@example.com', 'known-' || n, now(), now(), '${made}', now()
      from generate_series(900, ${1_000 + pairs}) as n`,
  });
}

async function post(url, body) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  return `${answer.status} ${text}`.replaceAll(/(req|user)_[0-9a-f]+/g, '$1');
}
