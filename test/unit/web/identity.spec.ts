import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ACTION_WORDS,
  actionWords,
  actorWords,
  detailWords,
  saysFailure,
  subjectWords,
} from '../../../web/src/activity/activity-words.js';
import { changeOfRights } from '../../../web/src/api/change-of-rights.js';
import type { Account, ActivityEntry, ApiKey } from '../../../web/src/api/identity-types.js';
import { Problem } from '../../../web/src/api/problem.js';
import { isOpenPage } from '../../../web/src/app/open-pages.js';
import { passwordProblem } from '../../../web/src/auth/otp-copy.js';
import { quotaLevel } from '../../../web/src/organizations/quota.js';
import { mayManage, rolesGivenBy } from '../../../web/src/organizations/role-words.js';
import { mayOn } from '../../../web/src/servers/access-words.js';
import { deviceWords } from '../../../web/src/settings/device.js';
import { curlFor, keyState, scopesOf } from '../../../web/src/settings/key-words.js';
import { isLongEnough, lengthWords } from '../../../web/src/settings/password-words.js';

interface Golden {
  components: { schemas: Record<string, { properties: Record<string, { enum?: string[] }> }> };
}
const golden = JSON.parse(
  readFileSync(join(process.cwd(), 'test/contracts/golden/client.openapi.json'), 'utf8'),
) as Golden;
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
const EDGE =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0';

describe('words about who one is', () => {
  test('a device is told by its browser and system, a program by its name', () => {
    expect([FIREFOX, IPHONE, EDGE].map(deviceWords)).toEqual([
      'Firefox on Linux',
      'Safari on iPhone',
      'Edge on Windows',
    ]);
    expect(['curl/8.5.0', 'node', '', null].map(deviceWords)).toEqual([
      'curl 8.5',
      'node',
      'An unnamed program',
      'An unnamed program',
    ]);
    expect(deviceWords('x'.repeat(500))).toHaveLength(40);
  });

  test('every action that the API records has its words, and an unknown one keeps its name', () => {
    const recorded = golden.components.schemas.Activity?.properties.action?.enum ?? [];
    expect(recorded.length).toBeGreaterThan(20);
    expect(Object.keys(ACTION_WORDS).sort()).toEqual(recorded.toSorted());
    expect(actionWords('moon.has_landed')).toBe('moon has landed');
  });

  test('what was done to oneself is not said twice, and details are plain', () => {
    const ana = { id: 'user_1', name: 'ana' };
    const entry = { actor: ana, subject: { kind: 'user', ...ana } } as ActivityEntry;
    expect(subjectWords(entry)).toBe('');
    expect(subjectWords({ ...entry, subject: { kind: 'user', id: 'user_2', name: 'bela' } })).toBe('bela');
    const device = { kind: 'sign_in', id: 'fam_1', name: FIREFOX };
    expect(subjectWords({ ...entry, action: 'credential.revoked', subject: device })).toBe('Firefox on Linux');
    expect(subjectWords({ ...entry, action: 'sign_in.succeeded', subject: device })).toBe('');
    const details = { newRole: 'viewer', scopes: ['mcp:read', 'admin'], empty: [], nested: { a: 1 }, none: null };
    expect(detailWords({ action: 'key.created', details }, new Map())).toEqual([
      'new role: viewer',
      'scopes: mcp:read, admin',
    ]);
  });

  test('people are told by their names, accounts by whose they are, clients by what they may do and where', () => {
    const names = new Map([['user_1', 'ana']]);
    const words = (action: string, details: ActivityEntry['details']) => detailWords({ action, details }, names);
    expect(words('server.access_changed', { grants: ['user_1: use'] })).toEqual(['grants: ana: use']);
    expect(words('server.account_connected', { account: 'user_1' })).toEqual(['the account of ana']);
    expect(words('server.account_connected', { account: 'user_2' })).toEqual(['the account of one person']);
    expect(words('server.account_lost', { account: 'shared' })).toEqual(['the account of all']);
    const client = { clientId: 'client_1', redirectUri: 'cursor://a/b', scopes: ['mcp:read'] };
    expect(words('client.connected', { ...client, resource: 'https://x.example/mcp/t/reports' })).toEqual([
      'sees tools, and calls none',
      'at the toolset reports (/mcp/t/reports)',
      'answered at an app (cursor:)',
    ]);
    const lost = { action: 'server.account_lost', actor: null, outcome: 'failed' } as ActivityEntry;
    expect([actorWords(lost), saysFailure(lost)]).toEqual(['Switchyard', false]);
  });

  test('a wrong password says neither which of the two was wrong', () => {
    const problem = (status: number, detail = '') => new Problem(status, 'CODE', 'Title', detail, undefined, 30, {});
    const now = new Date();
    expect(passwordProblem(problem(401), now)).toBe('Wrong email or password.');
    expect(passwordProblem(problem(429), now)).toBe('Too many attempts. Try again in 30 s.');
    expect(passwordProblem(problem(403, 'Confirm your address first.'), now)).toBe('Confirm your address first.');
  });

  test('the length of a password is counted in characters, as people do', () => {
    expect(lengthWords('')).toMatch(/^At least 8/);
    expect(lengthWords('schön')).toBe('5 of at least 8 characters.');
    expect(lengthWords('a'.repeat(129))).toBe('129 characters: at most 128.');
    expect(['a'.repeat(7), '🂡'.repeat(8), 'a'.repeat(128), 'a'.repeat(129)].map(isLongEnough)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

describe('what a page offers', () => {
  test('a key gets no scope that its maker has not, and its command needs nothing else', () => {
    expect(scopesOf('viewer')).toEqual(['mcp:read']);
    expect(scopesOf('developer')).not.toContain('admin');
    expect(scopesOf('owner')).toContain('admin');
    expect(curlFor('https://x.example', 'k')).toContain('Authorization: Bearer k');
  });

  test('another role or organization is said, another person or nothing new is not', () => {
    const before = {
      user: { id: 'user_1' },
      organization: { id: 'org_1', name: 'Acme' },
      role: 'developer',
    } as Account;
    const elsewhere = { ...before, organization: { id: 'org_2', name: 'Zephyr' }, role: 'owner' } as Account;
    expect(changeOfRights(before, { ...before, role: 'viewer' })).toBe('Your role in Acme is now viewer.');
    expect(changeOfRights(before, elsewhere)).toBe('You are now in Zephyr.');
    expect(changeOfRights(before, before)).toBeUndefined();
    expect(changeOfRights(before, { ...elsewhere, user: { ...before.user, id: 'user_2' } })).toBeUndefined();
  });

  test('a key is never used, live or expired', () => {
    const now = Date.parse('2026-11-21T22:00:00Z');
    const key = { expires_at: null, last_used_at: null } as ApiKey;
    expect(keyState(key, now)).toBe('never used');
    expect(keyState({ ...key, last_used_at: '2026-11-20T00:00:00Z' }, now)).toBe('live');
    expect(keyState({ ...key, expires_at: '2026-11-21T21:59:59Z' }, now)).toBe('expired');
  });

  test('roles above ones own are not given, owners are touched by owners, nobody by themselves', () => {
    expect(rolesGivenBy('admin')).toEqual(['admin', 'developer', 'viewer']);
    const member = (user_id: string, role: Account['role']) => ({ user_id, role });
    expect(mayManage('admin', 'a', member('b', 'owner'))).toBe(false);
    expect(mayManage('admin', 'a', member('b', 'admin'))).toBe(true);
    expect(mayManage('owner', 'a', member('b', 'owner'))).toBe(true);
    expect(mayManage('owner', 'a', member('a', 'owner'))).toBe(false);
    expect(mayManage('developer', 'a', member('b', 'viewer'))).toBe(false);
  });

  test('a level includes the lower ones, and a server without one is as before', () => {
    expect(mayOn({ level: 'use' }, 'see')).toBe(true);
    expect(mayOn({ level: 'use' }, 'manage')).toBe(false);
    expect(mayOn({}, 'manage')).toBe(true);
  });

  test('a quota is low, nearly used up, or used up; none never is', () => {
    expect([quotaLevel(3, 5), quotaLevel(4, 5), quotaLevel(5, 5), quotaLevel(0, 0), quotaLevel(9, null)]).toEqual([
      'low',
      'high',
      'exhausted',
      'exhausted',
      'low',
    ]);
  });

  test('only the pages before the sign-in are open', () => {
    expect(['/sign-in', '/claim', '/link/reset-password', '/link/invitation'].every(isOpenPage)).toBe(true);
    expect(['/', '/settings/keys', '/link', '/link/a/b', '/sign-in/x', '/claims'].some(isOpenPage)).toBe(false);
  });
});
