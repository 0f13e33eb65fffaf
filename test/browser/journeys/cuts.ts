import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright-core';
import { eventually } from '../../support/app.js';
import { Gate } from '../support/gate.js';
import { type Stage, task, type Visit } from '../support/stage.js';

interface Event {
  type: string;
  seq: number;
  payload: Record<string, unknown>;
}

const PROMPT = 'Count slowly for 2 seconds and create a note "after the cut"';

/** Nothing is lost, and nothing comes twice. */
export function survivesCuts(onStage: () => Stage): void {
  let gate: Gate;
  let visit: Visit;
  beforeAll(async () => {
    const stage = onStage();
    gate = await Gate.to(stage.app.url);
    visit = await stage.visit({ url: gate.url });
    await visit.signIn();
  });
  afterAll(async () => {
    await visit.close();
    await gate.close();
  });

  test('a page reloaded in mid-run shows what the server has', async () => {
    const { page } = visit;
    const session = await visit.say(PROMPT);
    await task(page, 'Slow count', 'running').waitFor();
    await page.reload();
    await task(page, 'Slow count', 'succeeded').waitFor();
    await sameAsTheServers(visit, session);
  });

  test('an API that is away for seconds in mid-run is caught up with, without a reload', async () => {
    const { page } = visit;
    const session = await visit.say(PROMPT);
    await task(page, 'Slow count', 'running').waitFor();
    gate.shut();
    await page.locator('[data-testid=connection-status][data-status=reconnecting]').waitFor();
    // Meanwhile the run ends on the server.
    await eventually(
      () => eventsOf(visit, session),
      (events) => events.some(({ type, payload }) => type === 'task_update' && payload.status === 'succeeded'),
    );
    expect(await task(page, 'Slow count', 'succeeded').count()).toBe(0);
    gate.open();
    await page.locator('[data-testid=connection-status][data-status=online]').waitFor();
    await task(page, 'Slow count', 'succeeded').waitFor();
    await sameAsTheServers(visit, session);
    await task(page, 'Create note', 'pending').click();
    await page.keyboard.press('y');
    await task(page, 'Create note', 'succeeded').waitFor();
    await page.getByText('All 2 calls succeeded').waitFor();
    await sameAsTheServers(visit, session);
  });
}

async function eventsOf(visit: Visit, session: string): Promise<Event[]> {
  const { events } = await visit.ask<{ events: Event[] }>(`/api/v1/sessions/${session}/events?limit=200`);
  return events;
}

/** Who said what, the tasks as they are, and what awaits a person. Words that stream are on the page before they are an event. */
async function sameAsTheServers(visit: Visit, session: string): Promise<void> {
  await eventually(
    async () => ({ stored: storedIn(await eventsOf(visit, session)), shown: await shownOn(visit.page) }),
    ({ stored, shown }) => isDeepStrictEqual(shown, stored),
  );
}

function storedIn(events: readonly Event[]) {
  const words = events.filter(({ type }) => type === 'chat_message').map(({ payload }) => firstWords(payload.text));
  const states = new Map<unknown, unknown>();
  for (const { type, payload } of events) {
    if (type === 'task_graph_proposal') {
      for (const { id, status } of payload.nodes as { id: string; status: string }[]) states.set(id, status);
    }
    if (type === 'task_update') states.set(payload.node_id, payload.status);
  }
  const pending = [...states.values()].filter((status) => status === 'pending');
  return { words, states: [...states].sort(), pending: String(pending.length) };
}

async function shownOn(page: Page) {
  const words = await page.locator('.turn:is([aria-label=You], [aria-label=Agent]) .turn-text').allTextContents();
  const nodes = await page.locator('[data-node-id]').all();
  const states = await Promise.all(
    nodes.map(async (node) => [await node.getAttribute('data-node-id'), await node.getAttribute('data-state')]),
  );
  const pending = await page.getByTestId('plan').getAttribute('data-pending');
  return { words: words.map(firstWords), states: states.sort(), pending };
}

/** Markdown is drawn, so only the letters before its first mark can be compared. */
const firstWords = (text: unknown) => /^[\w ,."]*/.exec(String(text))?.[0].slice(0, 40) ?? '';
