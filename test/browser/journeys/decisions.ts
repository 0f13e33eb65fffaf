import { composerOf, type Stage, task, type Visit } from '../support/stage.js';

/** What a person may do about a plan, but approve it as it is. */
export function decidesOnTasks(onStage: () => Stage): void {
  let visit: Visit;
  beforeAll(async () => {
    visit = await onStage().visit();
    await visit.signIn();
  });
  afterAll(async () => {
    expect(visit.complaints).toEqual([]);
    await visit.close();
  });

  test('one of two parallel tasks is rejected, the other one goes on', async () => {
    const { page } = visit;
    await visit.say('Create a note "kept" and send a welcome email to ada@example.com');
    await task(page, 'Send welcome email', 'pending').click();
    await page.keyboard.press('n');
    await page.getByTestId('reject').getByRole('textbox').fill('Not this week');
    await page.keyboard.press('Enter');
    await task(page, 'Send welcome email', 'rejected').waitFor();
    await page.getByRole('log').getByText('Not this week').waitFor();
    await task(page, 'Create note', 'pending').click();
    await page.keyboard.press('y');
    await task(page, 'Create note', 'succeeded').waitFor();
  });

  test('arguments are edited in a form, and the call is made with the new ones', async () => {
    const { page } = visit;
    await visit.say('Create a note "first words"');
    await task(page, 'Create note', 'pending').click();
    await page.keyboard.press('e');
    const sheet = page.getByTestId('edit');
    expect(await sheet.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    await sheet.getByLabel('text', { exact: false }).first().fill('second words');
    await sheet.getByText('second words').nth(0).waitFor();
    await sheet.getByRole('button', { name: 'Save and approve' }).click();
    await task(page, 'Create note', 'succeeded').waitFor();
    await page.getByRole('button', { name: /^create_note/ }).click();
    await page.locator('.tool-open').getByText('second words').first().waitFor();
  });

  test('approving all leaves what destroys unticked', async () => {
    const { page } = visit;
    await visit.say('Delete note 1 and create a note "hi"');
    await task(page, 'Delete note', 'pending').click();
    await page.keyboard.press('Shift+A');
    const sheet = page.getByTestId('approve-all');
    expect(await sheet.getByRole('checkbox', { name: /Delete note/ }).isChecked()).toBe(false);
    expect(await sheet.getByRole('checkbox', { name: /Create note/ }).isChecked()).toBe(true);
    await sheet.getByRole('button', { name: 'Approve 1 of 2' }).click();
    await task(page, 'Create note', 'succeeded').waitFor();
    expect(await task(page, 'Delete note', 'pending').count()).toBe(1);
  });

  test('the question of a tool is answered in the transcript', async () => {
    const { page } = visit;
    await visit.say('Ask for my name');
    const form = page.getByTestId('question');
    await form.getByText('Demo server').waitFor();
    await form.getByRole('textbox').fill('Ada');
    await page.keyboard.press('Enter');
    await page.getByText('Hello, Ada.').first().waitFor();
    expect(await form.count()).toBe(0);
  });

  test('a decision in one tab shows in the other', async () => {
    const { page, context } = visit;
    await visit.say('Create a note "seen twice"');
    await task(page, 'Create note', 'pending').waitFor();
    const other = await context.newPage();
    await other.goto(new URL(page.url()).pathname);
    await task(other, 'Create note', 'pending').click();
    await other.keyboard.press('y');
    await task(page, 'Create note', 'succeeded').waitFor();
    expect(await task(other, 'Create note', 'succeeded').count()).toBe(1);
    await other.close();
  });

  test('a running turn is stopped by its key', async () => {
    const { page } = visit;
    await visit.say('Count slowly for 60 seconds');
    await task(page, 'Slow count', 'running').waitFor();
    await composerOf(page).press('Control+.');
    await task(page, 'Slow count', 'cancelled').waitFor();
    await page.getByText(/^stopped by visitor/).waitFor();
  });
}
