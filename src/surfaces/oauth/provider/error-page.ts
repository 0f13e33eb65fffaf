import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';

const MOST_OF_ADDRESS = 300;

/** For a person in a browser, where nobody may be sent on: nothing of the request is a link, or anything but text. */
export function renderError(ctx: KoaContextWithOIDC, { error, error_description: why = '' }: ErrorOut): void {
  const document = error === 'invalid_client' ? documentIn(ctx.query.client_id) : undefined;
  ctx.type = 'html';
  ctx.body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>This request cannot go on</title>
<style>body{font:16px/1.5 ui-monospace,monospace;max-width:40rem;margin:12vh auto;padding:0 1rem;background:#0b0f0c;color:#d6e2d8}code{color:#f0b35a}</style>
<h1>This request cannot go on</h1>
<p>${document === undefined ? WRONG : unread(document)} Nothing was given to it.</p>
<p><code>${escapeHtml(error)}</code> ${escapeHtml(why)}</p>
</html>
`;
}

const WRONG = 'The program that sent you here asked for something that is not right.';

/** Most often nothing is wrong with the program, which another way would let in. */
const unread = (address: string): string =>
  `The program that sent you here says who it is by a document at <code>${escapeHtml(address)}</code>, which was not read here, or is not right.
Try again. If it stays so, this server may not reach that address: whoever runs it can set
<code>OAUTH_CLIENT_DOCUMENTS=false</code>, and programs that begin anew register themselves.`;

const documentIn = (id: unknown): string | undefined =>
  typeof id === 'string' && id.startsWith('https://') ? id.slice(0, MOST_OF_ADDRESS) : undefined;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
