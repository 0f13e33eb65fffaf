import { OAuthBrowser } from '../oauth-browser.ts';

/** What a client on this machine starts in place of a browser: signs in, allows it, and goes where the client waits. */
const { BROWSER_AT, BROWSER_TOKEN } = process.env;
const end = await new OAuthBrowser(BROWSER_AT, BROWSER_TOKEN).authorize(process.argv[2]);
const answer = await fetch(end);
await answer.body?.cancel();
