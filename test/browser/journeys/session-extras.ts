import { readFile } from 'node:fs/promises';
import { composerOf, type Stage, task, type Visit } from '../support/stage.js';

/** What can be done with a session when its work is done. */
export function takesSessionsFurther(onStage: () => Stage): void {
  let visit: Visit;
  beforeAll(async () => {
    visit = await onStage().visit();
    await visit.signIn();
    await visit.say('Create a note "kept"');
    await task(visit.page, 'Create note', 'pending').click();
    await visit.page.keyboard.press('y');
    await task(visit.page, 'Create note', 'succeeded').waitFor();
  });
  afterAll(async () => {
    expect(visit.complaints).toEqual([]);
    await visit.close();
  });

  const download = async (act: () => Promise<void>) => {
    const [file] = await Promise.all([visit.page.waitForEvent('download'), act()]);
    return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
  };

  test('it is exported as Markdown from the menu, and as JSON by a command', async () => {
    const { page } = visit;
    const markdown = await download(async () => {
      await page.getByRole('button', { name: 'Session', exact: true }).click();
      expect(await page.evaluate(MENU_IN_SIGHT)).toBe(true);
      await page.getByRole('menuitem', { name: 'Export as Markdown' }).click();
    });
    expect(markdown.name).toMatch(/^Create a note kept\.md$/);
    expect(markdown.text).toContain('| Create note |');
    await page.getByText('Exported.').waitFor();
    await composerOf(page).fill('/export json');
    const json = await download(() => page.keyboard.press('Enter'));
    expect(json.name).toMatch(/\.json$/);
    expect(JSON.parse(json.text)).toMatchObject({ format: 'switchyard.session', first_seq: 1 });
    await composerOf(page).fill('/export pdf');
    await page.keyboard.press('Enter');
    await page.getByText('One of md, json.').waitFor();
    await composerOf(page).fill('');
  });

  test('its plan runs again from a task, by key, and both runs are beside each other', async () => {
    const { page } = visit;
    await task(page, 'Create note', 'succeeded').click();
    await page.keyboard.press('r');
    await task(page, 'Create note', 'pending').click();
    await page.keyboard.press('y');
    await task(page, 'Create note', 'succeeded').waitFor();
    await page.locator('[data-tone=system]', { hasText: 'run again' }).waitFor();
    await composerOf(page).fill('/task node2');
    await page.keyboard.press('Enter');
    const sheet = page.getByTestId('node');
    await sheet.getByTestId('earlier-run').getByText('earlier run: node1 · succeeded').waitFor();
    await sheet.getByRole('button', { name: 'Run again from here' }).waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
  });

  test('it forks from a message, by key, and by a command; the fork says where it comes from', async () => {
    const { page } = visit;
    const original = page.url();
    const elsewhere = (than: string) => page.waitForURL((url) => url.href !== than && url.pathname.startsWith('/s/'));
    await page.locator('[data-tone=you]').first().hover();
    await page.getByRole('button', { name: 'Fork from here' }).first().waitFor();
    await page.locator('[data-tone=you]').first().focus();
    await page.keyboard.press('f');
    await elsewhere(original);
    await task(page, 'Create note', 'succeeded').waitFor();
    expect(await page.locator('[data-tone=system]', { hasText: 'run again' }).count()).toBe(0);
    const fork = page.url();
    await page.getByTestId('forked-from').getByRole('link', { name: 'Create a note "kept"' }).click();
    await elsewhere(fork);
    expect(page.url()).toBe(original);

    await page.locator('[data-tone=system]', { hasText: 'run again' }).waitFor();
    expect(await page.getByTestId('forked-from').count()).toBe(0);
    await composerOf(page).fill('/fork');
    await page.keyboard.press('Enter');
    await elsewhere(original);
    await page.locator('[data-tone=system]', { hasText: 'run again' }).waitFor();
    await page.getByRole('button', { name: 'Create a note "kept" (fork)' }).waitFor();
  });
}

/** For the page, which is a world of its own: whether every corner of the menu is what one would click there. */
const MENU_IN_SIGHT = `(() => {
  const menu = document.querySelector('[role=menu]');
  const { left, right, top, bottom } = menu.getBoundingClientRect();
  const corners = [left + 4, right - 4].flatMap((x) => [top + 4, bottom - 4].map((y) => document.elementFromPoint(x, y)));
  return corners.every((found) => menu.contains(found));
})()`;
