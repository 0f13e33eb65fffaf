import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { startTestApp, type TestApp } from '../../support/app.js';

export const PHONE = { width: 390, height: 844 };
const DESK = { width: 1440, height: 900 };
const PATIENCE_MS = 10_000;

/** A person before a browser of their own: nothing is shared with another visit, and it is watched. */
export interface Visit {
  page: Page;
  context: BrowserContext;
  email: string;
  /** What the page complained of: errors in its console, broken rules of its content policy, requests elsewhere. */
  complaints: string[];
  /** From the sign-in page to home, with the code of the mailbox. */
  signIn: () => Promise<void>;
  /** An answer of the API, asked for as this person. */
  ask: <Body>(path: string) => Promise<Body>;
  /** The same for what changes something. */
  send: <Body>(method: string, path: string, body?: unknown) => Promise<Body>;
  /** A session on the demo server that has been asked for something. */
  say: (text: string) => Promise<string>;
  close: () => Promise<void>;
}

export interface VisitOptions {
  phone?: boolean;
  /** Instead of the product's own address. */
  url?: string;
  /** Somebody who visits with another browser, too. */
  email?: string;
}

export interface Stage {
  app: TestApp;
  visit: (options?: VisitOptions) => Promise<Visit>;
  stop: () => Promise<void>;
}

/** The product with its demo server, and a browser. */
export async function startStage(settings: Record<string, string> = {}): Promise<Stage> {
  const app = await startTestApp({ DEMO_SERVER: 'true', DEMO_PORT: '0', NODE_ENV: 'development', ...settings });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  return {
    app,
    visit: (options = {}) => openVisit(app, browser, options),
    stop: async () => {
      await browser.close();
      await app.stop();
    },
  };
}

let visitors = 0;

async function openVisit(app: TestApp, browser: Browser, options: VisitOptions) {
  visitors += 1;
  const { phone = false, url = app.url, email = `visitor${visitors}@example.com` } = options;
  const context = await browser.newContext({
    baseURL: url,
    viewport: phone ? PHONE : DESK,
    hasTouch: phone,
    isMobile: phone,
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  context.on('page', (page) => watch(page, url, complaints));
  const page = await context.newPage();
  const visit: Visit = {
    page,
    context,
    email,
    complaints,
    signIn: async () => {
      await page.goto('/');
      await signInHere(visit, app);
      await page.getByTestId('open-demo').waitFor();
      await page.getByText('online', { exact: true }).waitFor();
    },
    ask: (path) => visit.send('GET', path),
    send: async <Body>(method: string, path: string, body?: unknown) => {
      const kept = await page.evaluate(() => localStorage.getItem('switchyard.tokens'));
      const { access_token: token } = JSON.parse(kept ?? '{}') as { access_token: string };
      return (await app.api<Body>(method, path, { token, ...(body !== undefined && { body }) })).body;
    },
    say: async (text) => {
      await page.goto('/');
      await page.getByRole('button', { name: 'Open session' }).click();
      await composerOf(page).fill(text);
      await page.keyboard.press('Enter');
      return new URL(page.url()).pathname.split('/').at(-1) ?? '';
    },
    close: () => context.close(),
  };
  return visit;
}

function watch(page: Page, origin: string, complaints: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (/^http/.test(protocol) && asked !== origin) complaints.push(`a request to ${request.url()}`);
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== new URL(origin).host) complaints.push(`a socket to ${socket.url()}`);
  });
}

/** With the code of the mailbox, by the form that is on the page, filled in as far as it is. */
export async function signInHere({ page, email }: Pick<Visit, 'page' | 'email'>, app: TestApp): Promise<void> {
  const known = await app.mailbox.count(email);
  const field = page.getByTestId('email');
  if (await field.isEditable()) await field.fill(email);
  await field.press('Enter');
  await page.getByTestId('otp').fill(await app.mailbox.codeFor(email, known));
}

export const composerOf = (page: Page) => page.getByTestId('composer');

/** A task by what it is called, in a state; as the graph or the list shows it. */
export const task = (page: Page, title: string, state: string) =>
  page.locator(`[data-node-id][data-state=${state}]`, { hasText: title });

/** One of the panes, where only one fits. */
export const tab = (page: Page, name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) });
