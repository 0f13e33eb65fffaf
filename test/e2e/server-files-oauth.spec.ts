import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { canonicalJson } from '@app/task-graph';
import { type Answer, type Person, startTestApp, type TestApp } from '../support/app.js';

type FileServer = Record<string, unknown> & { name: string };
interface File extends Record<string, unknown> {
  servers: FileServer[];
  signature: { algorithm: string; key_id: string; value: string };
}
interface Report {
  summary: Record<string, number>;
  servers: { action: string; changes: { field: string }[]; kept: unknown[]; needs: string[] }[];
}
interface Told {
  id: string;
  name: string;
  oauth: Record<string, unknown> | null;
  client_features: string[];
  credentials_set: boolean;
}

let app: TestApp;
let owner: Person;
let other: Person;
beforeAll(async () => {
  app = await startTestApp();
});
beforeEach(async () => {
  [owner, other] = await Promise.all([app.signIn(), app.signIn()]);
});
afterAll(() => app.stop());

const add = async (person: Person, fields: Record<string, unknown>): Promise<Told> => {
  const made = await person.call<Told>('POST', '/servers', {
    url: 'https://93.184.215.14/mcp',
    auth_method: 'oauth',
    ...fields,
  });
  expect([made.status, made.text]).toEqual([201, made.text]);
  return made.body;
};
const exportOf = ({ token }: Person) => app.api<File>('GET', '/api/export/servers', { token });
const importInto = <Body = Report>({ token }: Person, body: unknown, query = ''): Promise<Answer<Body>> =>
  app.api<Body>('POST', `/api/export/import${query}`, { token, body });
const serversOf = async ({ call }: Person) =>
  (await call<{ servers: Told[] }>('GET', '/servers')).body.servers.filter(({ name }) => name.length === 1);

/** As an instance of another version would write it. */
function rewritten(file: File, change: (server: FileServer) => FileServer): File {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const { signature: _signature, ...unsigned } = {
    ...file,
    public_key: spki.toString('base64'),
    servers: file.servers.map(change),
  };
  const canonical = canonicalJson(unsigned);
  if (!canonical.ok) throw new Error('Not canonical.');
  const key_id = createHash('sha256').update(spki).digest('hex').slice(0, 32);
  const value = sign(null, Buffer.from(canonical.json), privateKey).toString('base64');
  return { ...unsigned, signature: { algorithm: 'ed25519', key_id, value } };
}

const given = { account: 'per_user', client_id: 'our-client', scopes: ['mail.read', 'mail.send'] };
const machine = { grant: 'client_credentials', client_id: 'machine' };

test('how accounts sign in and what a server may ask of clients come round, and no secret with them', async () => {
  const secrets = ['canary-client-secret', 'canary-machine-secret', 'canary-access-token'];
  await add(owner, { name: 'A', oauth: { ...given, client_secret: secrets[0] }, client_features: ['sampling'] });
  await add(owner, { name: 'B', oauth: { ...machine, client_secret: secrets[1] } });
  await add(owner, { name: 'C', credentials: { access_token: secrets[2] } });
  const file = await exportOf(owner);
  for (const secret of secrets) expect(file.text).not.toContain(secret);
  expect(file.body.servers).toMatchObject([
    { oauth: { ...given, grant: 'authorization_code' }, client_features: ['sampling'] },
    { oauth: { ...machine, account: 'shared', scopes: null }, client_features: [] },
    { auth_method: 'oauth', oauth: null },
  ]);
  const report = await importInto(other, file.body, '?allow_loosening=true');
  expect(report.body.servers.map(({ action, needs }) => [action, needs])).toEqual([
    ['create', ['sign_in']],
    ['create', ['credentials']],
    ['create', ['credentials']],
  ]);
  expect((await exportOf(other)).body.servers).toEqual(file.body.servers);
  const [one] = await serversOf(other);
  expect(one).toMatchObject({ credentials_set: false, oauth: given, client_features: ['sampling'] });
  expect((await importInto(owner, file.body, '?on_conflict=update')).body.summary).toMatchObject({ same: 3 });
});

test('a file without them leaves those that are here, and makes a new server as they are by default', async () => {
  await add(owner, { name: 'A', oauth: given, client_features: ['roots'] });
  const older = rewritten((await exportOf(owner)).body, ({ oauth: _o, client_features: _c, ...server }) => server);
  expect((await importInto(owner, older, '?on_conflict=update')).body.summary).toMatchObject({ same: 1 });
  expect((await importInto(other, older)).body.summary).toMatchObject({ create: 1 });
  expect(await serversOf(owner)).toMatchObject([{ oauth: given, client_features: ['roots'] }]);
  expect(await serversOf(other)).toMatchObject([
    { oauth: { account: 'shared', grant: 'authorization_code', client_id: null }, client_features: [] },
  ]);
});

test('the secret of a client stays for that client alone', async () => {
  const { id } = await add(owner, { name: 'A', oauth: { ...machine, client_secret: 'canary' } });
  const file = (await exportOf(owner)).body;
  const withOAuth = (change: object) =>
    rewritten(file, (server) => ({ ...server, oauth: { ...Object(server.oauth), ...change } }));
  const importing = async (change: object) => {
    const { body } = await importInto(owner, withOAuth(change), '?on_conflict=update');
    const { credentials_set, oauth } = (await owner.call<Told>('GET', `/servers/${id}`)).body;
    return { server: body.servers[0], credentials_set, oauth };
  };
  expect(await importing({ scopes: ['mail.read'] })).toMatchObject({
    server: { action: 'update', changes: [{ field: 'oauth' }], needs: [] },
    credentials_set: true,
    oauth: { scopes: ['mail.read'] },
  });
  expect(await importing({ client_id: 'of-somebody-else' })).toMatchObject({
    server: { action: 'update', needs: ['credentials'] },
    credentials_set: false,
    oauth: { client_id: 'of-somebody-else' },
  });
});

test('what a server may ask of clients is not widened unless that is said', async () => {
  await add(owner, { name: 'A', client_features: ['sampling', 'roots'] });
  await add(other, { name: 'A', client_features: ['roots'] });
  const file = (await exportOf(owner)).body;
  const kept = [{ field: 'client_features', from: ['roots'], to: ['sampling', 'roots'] }];
  expect((await importInto(other, file, '?on_conflict=update')).body.servers).toMatchObject([{ action: 'same' }]);
  expect((await importInto(other, file, '?on_conflict=rename')).body.servers).toMatchObject([
    { action: 'rename', kept: [{ ...kept[0], from: [] }] },
  ]);
  const loosened = await importInto(other, file, '?on_conflict=update&allow_loosening=true');
  expect(loosened.body.servers).toMatchObject([{ action: 'update', changes: kept, kept: [] }]);
  expect((await serversOf(other))[0]?.client_features).toEqual(['sampling', 'roots']);
});

test('a way to sign in that could not be entered by hand is refused', async () => {
  await add(owner, { name: 'A', oauth: given });
  const file = (await exportOf(owner)).body;
  const wrong: object[] = [
    { auth_method: 'api_key' },
    { oauth: { ...given, grant: 'authorization_code', client_secret: 'x' } },
    { oauth: { ...given, grant: 'client_credentials' } },
    { oauth: { ...given, account: 'shared', grant: 'client_credentials', client_id: null } },
    { oauth: { ...given, grant: 'authorization_code', scopes: ['two words'] } },
    { oauth: { ...given, grant: 'authorization_code', scopes: [] } },
    { client_features: ['everything'] },
    { client_features: ['roots', 'roots'] },
  ];
  for (const change of wrong) {
    const refused = await importInto<{ code: string }>(
      other,
      rewritten(file, (server) => ({ ...server, ...change })),
    );
    expect([change, refused.status, refused.body.code]).toEqual([change, 400, 'VALIDATION_ERROR']);
  }
  expect(await serversOf(other)).toEqual([]);
});
