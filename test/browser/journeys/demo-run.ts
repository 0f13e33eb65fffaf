import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Download, Page } from 'playwright-core';
import { eventually } from '../../support/app.js';
import { type Stage, tab, task, type Visit } from '../support/stage.js';

const FIRST_APPROVAL_MS = 90_000;

interface Artifacts {
  artifacts: { name: string; size: number; sha256: string }[];
}

/** From the sign-in page to the report on disk. */
export function runsTheDemo(onStage: () => Stage): void {
  test('goes by keyboard alone, from the sign-in page to the saved report', async () => {
    const stage = onStage();
    const visit = await stage.visit();
    const { page } = visit;
    const { keyboard } = page;
    const startedAt = Date.now();

    await page.goto('/');
    await page.locator('[data-testid=email]:focus').waitFor();
    await keyboard.type(visit.email);
    await keyboard.press('Enter');
    await page.locator('[data-testid=otp]:focus').waitFor();
    await keyboard.type(await stage.app.mailbox.codeFor(visit.email));

    await tabTo(page, '[data-testid=open-demo]');
    await keyboard.press('Enter');
    await prompted(page);
    await keyboard.press('Enter');
    await task(page, 'Write report', 'pending').waitFor();

    await tabTo(page, '[data-pane=plan] .view');
    await keyboard.press('y');
    await task(page, 'Write report', 'succeeded').waitFor();
    expect(Date.now() - startedAt).toBeLessThan(FIRST_APPROVAL_MS);
    if (process.env.SHOW_FIGURES) console.info(`First approved task after ${Date.now() - startedAt} ms.`);

    await keyboard.press('Escape');
    await walkTo(page, 'files');
    await tabTo(page, '[data-artifact-id]');
    const [download] = await Promise.all([page.waitForEvent('download'), keyboard.press('d')]);
    await sameAsTheServers(visit, download);
    expect(visit.complaints).toEqual([]);
    await visit.close();
  });

  test('goes by touch on a phone', async () => {
    const visit = await onStage().visit({ phone: true });
    const { page } = visit;
    await visit.signIn();
    await page.getByTestId('open-demo').tap();
    await prompted(page);
    await page.getByRole('button', { name: 'Send' }).tap();
    await page.getByRole('button', { name: 'Review', exact: true }).tap();
    await task(page, 'Write report', 'pending').tap();
    const approve = page.getByTestId('node').getByRole('button', { name: 'Approve', exact: true });
    expect((await approve.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    await approve.tap();
    await task(page, 'Write report', 'succeeded').waitFor();
    await page.getByRole('button', { name: 'Close' }).tap();
    await tab(page, 'files').tap();
    const row = page.locator('[data-artifact-id]', { hasText: 'daily_report.md' });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      row.getByRole('button', { name: 'save' }).tap(),
    ]);
    await sameAsTheServers(visit, download);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(visit.complaints).toEqual([]);
    await visit.close();
  });

  test('offers examples that the planner makes plans of', async () => {
    const visit = await onStage().visit();
    const { page } = visit;
    await visit.signIn();
    await page.getByRole('button', { name: 'Open session' }).click();
    const examples = page.locator('.start li button');
    await examples.first().waitFor();
    const offered = await examples.allTextContents();
    expect(offered).toHaveLength(3);
    // The first is what the demo run says.
    for (const example of offered.slice(1)) {
      await visit.say(example);
      await page.locator('[data-node-id]').first().waitFor();
    }
    await visit.close();
  });
}

/** Once the composer holds the prompt of the demo and has the focus. */
async function prompted(page: Page): Promise<void> {
  const composer = page.locator('[data-testid=composer]:focus');
  await eventually(
    () => composer.inputValue(),
    (text) => text.includes('report'),
  );
}

/** As a person without a mouse would: Tab until it is there. */
async function tabTo(page: Page, selector: string): Promise<void> {
  await page.locator(selector).first().waitFor();
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await page.locator(`${selector}:focus`).count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${selector}.`);
}

/** With F6, region by region. */
async function walkTo(page: Page, region: string): Promise<void> {
  for (let presses = 0; presses < 10; presses += 1) {
    if ((await page.locator(`[data-region=${region}]:focus-within`).count()) > 0) return;
    await page.keyboard.press('F6');
  }
  throw new Error(`F6 does not reach ${region}.`);
}

async function sameAsTheServers(visit: Visit, download: Download): Promise<void> {
  const session = new URL(visit.page.url()).pathname.split('/').at(-1) ?? '';
  const { artifacts } = await visit.ask<Artifacts>(`/api/v1/sessions/${session}/artifacts`);
  const bytes = await readFile(await download.path());
  const meant = artifacts.find(({ name }) => name === download.suggestedFilename());
  expect({ size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }).toEqual({
    size: meant?.size,
    sha256: meant?.sha256,
  });
}
