import type { Page } from 'playwright-core';
import { composerOf, type Stage, task, type Visit } from '../support/stage.js';

const DETAIL = 'The database does not answer just now. Try again.';
const PROBLEM = {
  status: 503,
  code: 'DATABASE_UNAVAILABLE',
  title: 'Unavailable',
  detail: DETAIL,
  request_id: 'req_1',
};

/** What does not work is said where it was asked for. */
export function saysWhatFailed(onStage: () => Stage): void {
  let visit: Visit;
  beforeAll(async () => {
    visit = await onStage().visit();
    await visit.signIn();
  });
  afterAll(() => visit.close());

  /** Until it is called, such requests are answered so; 503 is asked again a few times. */
  const takeAway = async (page: Page, path: string, status = 503) => {
    const body = JSON.stringify({ ...PROBLEM, status });
    await page.route(path, (route) => route.fulfill({ status, contentType: 'application/problem+json', body }));
    return () => page.unroute(path);
  };

  test('a session that cannot be opened: why, the id of the request, and Retry, which opens it', async () => {
    const { page } = visit;
    for (const path of ['/', '/servers']) {
      await page.goto(path);
      const giveBack = await takeAway(page, '**/api/v1/sessions');
      await page.getByRole('button', { name: 'Open session' }).click();
      const note = page.getByRole('alert').filter({ hasText: 'No session was opened.' });
      expect(await note.innerText()).toMatch(/The database does not answer[^]+request req_1/);
      await giveBack();
      await note.getByRole('button', { name: 'Retry' }).click();
      await composerOf(page).waitFor();
    }
  });

  test('a list that cannot be had: said until it is asked for again', async () => {
    const { page } = visit;
    const giveBack = await takeAway(page, '**/api/v1/servers');
    await page.goto('/servers');
    const retry = page.getByRole('alert').getByRole('button', { name: 'Retry' });
    await retry.waitFor();
    await giveBack();
    await retry.click();
    await page.getByRole('link', { name: 'Demo server' }).waitFor();
  });

  test.each([
    ['/toolsets', 'organization/gateway', 'Unavailable', 'Clients get'],
    ['/settings/activity', 'activity/stats*', 'The days were not counted', 'as a table'],
    ['/connect', 'toolsets', 'Servers and toolsets were not listed', 'One server'],
    ['/toolsets/new', 'toolsets/preview', 'Unavailable', 'Nothing yet.'],
  ])('a part of %s that cannot be had: said in its place, and asked for again there', async (...given) => {
    const [path, asked, said, then] = given;
    const { page } = visit;
    const giveBack = await takeAway(page, `**/api/v1/${asked}`, 500);
    await page.goto(path);
    const note = page.getByRole('alert').filter({ hasText: said });
    await note.waitFor();
    await giveBack();
    await note.getByRole('button', { name: 'Retry' }).click();
    await note.waitFor({ state: 'detached' });
    await page.locator(`main :text("${then}"), main optgroup[label="${then}"]`).first().waitFor({ state: 'attached' });
  });

  test('a key that can do nothing now, a file that cannot be saved, a command that fails on a page', async () => {
    const { page } = visit;
    await visit.say('Make a report');
    await task(page, 'Write report', 'pending').waitFor();
    await task(page, 'Query signups', 'succeeded').click();
    await page.keyboard.press('r');
    await page.getByText('can be run again once it and everything else here has ended').waitFor();
    await task(page, 'Write report', 'pending').click();
    await page.keyboard.press('y');
    // The transcript follows what comes; a click on what moves under it is lost.
    await page.getByText('All 4 calls succeeded').waitFor();
    const saves = page.locator('.turn').getByRole('button', { name: 'save' });
    await takeAway(page, '**/api/v1/artifacts/*/link');
    await saves.first().click();
    await page.locator('.composer').getByText(DETAIL).waitFor();

    await page.goto('/usage');
    await page.getByText('Budgets of the day').waitFor();
    await takeAway(page, '**/api/v1/sessions');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('New session');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: DETAIL }).waitFor();
  });
}
