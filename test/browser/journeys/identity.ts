import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { composerOf, signInHere, type Stage, type Visit } from '../support/stage.js';

const PASSWORD = 'rather long words 42';
const run = promisify(execFile);

/** Keys, invitations, roles and passwords: what one person does reaches the others. */
export function knowsWhoOneIs(onStage: () => Stage): void {
  let owner: Visit;
  let guest: Visit;
  beforeAll(async () => {
    owner = await onStage().visit();
    guest = await onStage().visit();
    await owner.signIn();
  });
  afterAll(async () => {
    const refusals = /\b(400|401|403|404)\b/;
    expect([...owner.complaints, ...guest.complaints].filter((one) => !refusals.test(one))).toEqual([]);
    await owner.close();
    await guest.close();
  });

  test('an API key is shown once, its command works in a terminal, and revoked it does not', async () => {
    const { page } = owner;
    await page.goto('/settings/keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name').fill('a script');
    await page.getByRole('button', { name: 'Make key' }).click();
    const shown = page.getByTestId('new-key');
    const key = (await shown.getByRole('group', { name: 'The key' }).innerText()).trim();
    const command = await shown.getByRole('group', { name: 'The command' }).innerText();
    const servers = async () => (await run('sh', ['-c', `${command} -sS`])).stdout;
    expect(JSON.parse(await servers())).toMatchObject({ servers: [{ name: 'Demo server' }] });
    await page.getByRole('button', { name: 'I have kept it' }).click();
    const entry = page.getByTestId('keys').getByRole('listitem');
    await entry.getByText(`…${key.slice(-4)}`).waitFor();
    expect(await page.content()).not.toContain(key);
    await entry.getByRole('button', { name: 'Revoke a script' }).click();
    await entry.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText('No keys yet').waitFor();
    expect(JSON.parse(await servers())).toMatchObject({ status: 401 });
  });

  test('who is invited by mail signs in and joins, in a browser of their own', async () => {
    const { app } = onStage();
    await owner.page.goto('/settings/members');
    await owner.page.getByLabel('Email').fill(guest.email);
    await owner.page.getByRole('button', { name: 'Invite' }).click();
    const { page } = guest;
    await page.goto(await app.mailbox.linkFor(guest.email));
    await page.getByText('First sign in with that address').waitFor();
    expect(page.url()).not.toContain('#');
    await signInHere(guest, app);
    await page.getByRole('button', { name: /^Join / }).click();
    await page.waitForURL('/');
    await page.getByRole('button', { name: /^Organization: / }).waitFor();
    await owner.page.reload();
    await owner.page.getByTestId('members').getByText(guest.email).waitFor();
  });

  test('a changed role reaches the console that is open', async () => {
    const { page } = guest;
    await page.getByRole('button', { name: 'Open session' }).click();
    await composerOf(page).waitFor();
    const role = owner.page.getByTestId('members').locator('select');
    await role.selectOption('viewer');
    await page
      .getByText(/^Your role in .+ is now viewer\.$/)
      .first()
      .waitFor();
    await page.getByText('You read here').waitFor();
    expect(await composerOf(page).count()).toBe(0);
    await role.selectOption('developer');
    await composerOf(page).waitFor();
  });

  test('a restricted server is out of sight, but for those who are given it', async () => {
    const { page } = owner;
    await page.goto('/servers');
    await page.getByRole('link', { name: 'Demo server' }).click();
    await page.getByRole('tab', { name: 'access' }).click();
    await page.getByLabel('only the people below').click();
    await guest.page.getByText('is not for you any more').waitFor();
    await page.getByLabel('Person').selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByTestId('grants').getByText(guest.email).waitFor();
    await guest.page.goto('/');
    await guest.page.getByRole('button', { name: 'Open session' }).waitFor();
  });

  test('a password is set by a link from a mail, and lets in', async () => {
    const { app } = onStage();
    const known = await app.mailbox.count(guest.email);
    const { page } = guest;
    await page.goto('/settings/password');
    await page.getByRole('button', { name: 'Mail me a link' }).click();
    await page.goto(await app.mailbox.linkFor(guest.email, known));
    const password = page.getByLabel('New password');
    await password.fill('password');
    await page.getByRole('button', { name: 'Set password' }).click();
    // The first password that is judged brings the list of breached ones into memory.
    await page.getByText('public lists').waitFor({ timeout: 20_000 });
    await password.fill(PASSWORD);
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.getByText('The password is set').waitFor();
    await page.goto('/sign-in');
    await signInByPassword(guest);
    await page.getByRole('heading', { name: 'Recent sessions' }).waitFor();
  });

  test('a changed password signs the other browser out, where it is', async () => {
    const other = await onStage().visit({ email: guest.email });
    await other.page.goto('/');
    await signInByPassword(other);
    await other.page.getByRole('button', { name: 'Open session' }).click();
    await composerOf(other.page).waitFor();
    await other.page.locator('[data-testid=connection-status][data-status=online]').waitFor();
    const { page } = guest;
    await page.goto('/settings/password');
    await page.getByLabel('Present password').fill(PASSWORD);
    await page.getByLabel('New password').fill(`${PASSWORD} and more`);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Changed.').waitFor();
    await other.page.getByRole('dialog', { name: 'Sign in again' }).waitFor();
    await other.close();
  });
}

async function signInByPassword({ page, email }: Visit): Promise<void> {
  await page.getByRole('button', { name: 'Use a password' }).click();
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
