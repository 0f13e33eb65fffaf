import { OPENAI, type VendorServer } from '../../support/models/vendors.js';
import { composerOf, type Stage, startStage, type Visit } from '../support/stage.js';

const KEY = 'a-key-of-tests';

/** With two models and a budget. */
export function choosesModels(): void {
  let server: VendorServer;
  let stage: Stage;
  let visit: Visit;
  beforeAll(async () => {
    server = await OPENAI.start(KEY);
    stage = await startStage({
      ...OPENAI.settings(server.url, KEY),
      LLM_MODELS: `openai:${OPENAI.model}?in=1000&out=1000,openai:another-model?context=32000`,
      BUDGET_ORGANIZATION_USD: '0.09',
    });
    visit = await stage.visit();
    await visit.signIn();
  }, 60_000);
  afterAll(async () => {
    await stage.stop();
    await server.close();
  }, 30_000);

  const segment = (words: string) => visit.page.locator('.status .segment', { hasText: words });

  test('the status line tells the model, its tokens and its cost; a used-up budget says so and waits for Retry', async () => {
    const { page } = visit;
    server.script(OPENAI.replies.text('Hello to you.'), OPENAI.replies.text('Hello again.'));
    await visit.say('Hello');
    await page.getByText('Hello to you.').waitFor();
    await segment(`model ${OPENAI.model}`).waitFor();
    await segment('50 tok · $0.0500').waitFor();
    for (const words of ['Again', 'And again']) {
      await composerOf(page).fill(words);
      await page.keyboard.press('Enter');
    }
    await page.getByText('BUDGET_EXHAUSTED').waitFor();
    await page.getByText('Hello again.').waitFor();

    // What costs nothing may still answer.
    await composerOf(page).fill('/model offline');
    await page.keyboard.press('Enter');
    await page.getByText('offline-planner answers from here on').waitFor();
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('Planned without a language model').waitFor();
    expect(await page.getByRole('button', { name: 'Retry' }).count()).toBe(0);
  });

  test('/model lists what is on offer, and the keyboard chooses', async () => {
    const { page } = visit;
    await composerOf(page).fill('/model');
    await page.keyboard.press('Enter');
    const sheet = page.getByTestId('models');
    await sheet.getByText('32k tokens · price not known').waitFor();
    await sheet
      .getByRole('radio', { name: /offline-planner/, checked: true })
      .and(page.locator(':focus'))
      .waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await sheet.waitFor({ state: 'detached' });
    await segment('model another-model').waitFor();
  });

  test('the usage page counts by day and model, and shows what is left of the budget', async () => {
    const { page } = visit;
    await page.goto('/usage');
    await page.getByText('used up').waitFor();
    const row = page.getByRole('row', { name: new RegExp(OPENAI.model) });
    expect(await row.innerText()).toMatch(/2\s+80\s+20\s+\$0\.1000/);
    expect(visit.complaints).toEqual([]);
  });
}
