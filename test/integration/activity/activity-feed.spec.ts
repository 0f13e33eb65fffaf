import { ActivityFeed } from '../../../src/core/activity/activity-feed.js';
import type { ActivityEntry } from '../../../src/core/activity/activity.js';
import { Activity } from '../../../src/core/activity/activity.service.js';
import { Database } from '../../../src/platform/database/database.js';
import type { OrganizationId } from '../../../src/platform/ids.js';
import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { Organizations } from '../../support/organizations.js';

describe('the activity as it comes in', () => {
  let app: TestApp;
  let person: Person;
  let organizationId: OrganizationId;

  beforeAll(async () => {
    app = await startTestApp();
    person = await app.signIn();
    organizationId = (await person.call<{ id: OrganizationId }>('GET', '/organization')).body.id;
  });
  afterAll(() => app.stop());

  const record = (name: string) =>
    app.get(Activity).record({
      organizationId,
      action: 'organization.renamed',
      subject: { kind: 'organization', id: organizationId, name },
    });

  /**
   * What the tests record, as it comes, one line after another. How the organization began may be told late: lines wait
   * for every transaction of the whole cluster that began before them.
   */
  function follow(after?: string) {
    const ended = new AbortController();
    const batches = app.get(ActivityFeed).follow(organizationId, after, ended.signal);
    const come: ActivityEntry[] = [];
    return {
      begun: batches.next(),
      end: () => ended.abort(),
      next: async (): Promise<ActivityEntry> => {
        for (;;) {
          const entry = come.shift();
          if (entry) return entry;
          const batch = (await batches.next()).value as ActivityEntry[];
          come.push(...batch.filter(({ action }) => action === 'organization.renamed'));
        }
      },
    };
  }

  /** A line whose transaction stays open until it is told to end. */
  async function recordSlowly(name: string) {
    let commit: () => void = () => undefined;
    const mayEnd = new Promise<void>((resolve) => (commit = resolve));
    let isWritten: () => void = () => undefined;
    const written = new Promise<void>((resolve) => (isWritten = resolve));
    const done = app.get(Database).transaction(async () => {
      await record(name);
      isWritten();
      await mayEnd;
    });
    await written;
    return async () => {
      commit();
      await done;
    };
  }

  test('nothing is lost and nothing comes twice, in whatever order transactions end', async () => {
    const live = follow();
    await live.begun;
    const commitFirst = await recordSlowly('first');
    const commitSecond = await recordSlowly('second');
    await record('third');
    await commitSecond();
    const look = follow();
    await look.begun;
    look.end();
    await commitFirst();
    const names = [await live.next(), await live.next(), await live.next()].map(({ subject }) => subject?.name);
    expect(names).toEqual(['first', 'second', 'third']);
    await record('fourth');
    expect((await live.next()).subject?.name).toBe('fourth');
    live.end();
  });

  test('who comes again with the last line they saw gets all that came meanwhile', async () => {
    const before = follow();
    await before.begun;
    await record('seen');
    const { id } = await before.next();
    before.end();
    for (const name of ['missed', 'missed too']) await record(name);
    const again = follow(id);
    await again.begun;
    expect([(await again.next()).subject?.name, (await again.next()).subject?.name]).toEqual(['missed', 'missed too']);
    again.end();
  });

  test('a line that was written stays as it is', async () => {
    const change = app.get(Database).sql(`update activity set actor_name = 'somebody else'`);
    await expect(change).rejects.toThrow('The activity is only written once.');
  });

  test('server-sent events tell it, go on after Last-Event-ID, and end with the role', async () => {
    const admin = await new Organizations(app).join(person, 'admin');
    const events = await openEvents(admin);
    await record('told');
    // How they joined may be told late, too.
    let event: Event | undefined;
    while (!event) event = (await events.next()).find(({ data }) => data.action === 'organization.renamed');
    expect(event.event).toBe('activity');
    await record('told later');
    const again = await openEvents(admin, event.id);
    expect((await again.next())[0]?.data.subject).toMatchObject({ name: 'told later' });
    await person.call('PATCH', `/organization/members/${admin.user.id}`, { role: 'developer' });
    await again.ended();
    const refused = await app.api('GET', '/api/v1/activity/events', { token: admin.token });
    expect(refused.status).toBe(403);
  });

  test('days, actions and people are counted', async () => {
    const { body } = await person.call<{ days: { succeeded: number }[]; actions: { action: string; count: number }[] }>(
      'GET',
      '/activity/stats?days=2',
    );
    expect(body.days).toHaveLength(2);
    expect(body.actions.find(({ action }) => action === 'organization.renamed')?.count).toBeGreaterThanOrEqual(4);
    expect((await person.call('GET', '/activity/stats?days=0')).status).toBe(400);
  });

  interface Event {
    id: string;
    event: string;
    data: ActivityEntry;
  }

  async function openEvents(by: Person, last?: string) {
    const response = await fetch(`${app.url}/api/v1/activity/events`, {
      headers: { authorization: `Bearer ${by.token}`, ...(last !== undefined && { 'last-event-id': last }) },
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    return {
      next: async (): Promise<Event[]> => {
        while (!text.includes('\n\n')) {
          const { done, value } = await reader.read();
          if (done) throw new Error('The stream has ended.');
          text += Buffer.from(value).toString();
        }
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        return blocks.filter((block) => block.startsWith('id:')).map(toEvent);
      },
      ended: async () => {
        while (!(await reader.read()).done);
      },
    };
  }

  const toEvent = (block: string): Event => {
    const fields = Object.fromEntries(
      block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]),
    );
    return { id: fields.id ?? '', event: fields.event ?? '', data: JSON.parse(fields.data ?? '{}') as ActivityEntry };
  };
});
