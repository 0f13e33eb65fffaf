import { type Person, type ServerRow, startTestApp, type TestApp } from '../app.js';
import type { Place } from '../eras/era-client.js';
import { makeKey, type ProgramKey } from '../api-keys.js';

interface Upstream {
  url: string;
  close: () => Promise<void>;
}

export interface Wanted {
  /** Of the product. */
  settings?: Record<string, string>;
  policy?: string;
}

/** The product with one server, who added it, and a key of theirs. */
export interface OneServer<Behind extends Upstream> {
  app: TestApp;
  upstream: Behind;
  owner: Person;
  server: ServerRow;
  key: ProgramKey;
  /** The server's own address, shown the key. */
  placeAt: (process?: TestApp) => Place;
  stop: () => Promise<void>;
}

export async function startOneServer<Behind extends Upstream>(
  startUpstream: () => Promise<Behind>,
  { settings = {}, policy = 'auto_approve' }: Wanted = {},
): Promise<OneServer<Behind>> {
  const [app, upstream] = await Promise.all([startTestApp(settings), startUpstream()]);
  const owner = await app.signIn();
  const server = await app.addServer(owner, upstream.url, { approval_policy: policy });
  const key = await makeKey(owner);
  return {
    app,
    upstream,
    owner,
    server,
    key,
    placeAt: (process = app) => ({ url: `${process.url}/mcp/s/${server.id}`, headers: key.headers }),
    stop: async () => {
      await app.stop();
      await upstream.close();
    },
  };
}

/** The same, served by a second process, too. */
export async function startOneServerTwice<Behind extends Upstream>(
  startUpstream: () => Promise<Behind>,
  wanted: Wanted = {},
): Promise<OneServer<Behind> & { other: TestApp }> {
  const one = await startOneServer(startUpstream, wanted);
  const other = await startTestApp({ ...wanted.settings, DATABASE_URL: one.app.databaseUrl, ROLE: 'api' });
  return {
    ...one,
    other,
    stop: async () => {
      await other.stop();
      await one.stop();
    },
  };
}
