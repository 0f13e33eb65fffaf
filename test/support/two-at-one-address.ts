import { startTestApp, type TestApp } from './app.js';
import { freePort } from './listening.js';

export interface TwoAtOneAddress {
  one: TestApp;
  other: TestApp;
  /** Where a process itself is: both say that they are where the first one is. */
  originOf: (app: TestApp) => string;
  stop: () => Promise<void>;
}

export async function startTwoAtOneAddress(): Promise<TwoAtOneAddress> {
  const [first, second] = [await freePort(), await freePort()];
  const PUBLIC_URL = `http://127.0.0.1:${first}`;
  const one = await startTestApp({ PUBLIC_URL, PORT: String(first) });
  const place = { PUBLIC_URL, PORT: String(second), DATABASE_URL: one.databaseUrl };
  const other = await startTestApp({ ...place, ROLE: 'api' });
  return {
    one,
    other,
    originOf: (app) => (app === other ? `http://127.0.0.1:${second}` : PUBLIC_URL),
    stop: async () => {
      await other.stop();
      await one.stop();
    },
  };
}
