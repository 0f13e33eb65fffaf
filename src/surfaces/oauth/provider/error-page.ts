import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';

/** For a person in a browser, where nobody may be sent on: nothing of the request is a link, or anything but text. */
export function renderError(ctx: KoaContextWithOIDC, { error, error_description: why = '' }: ErrorOut): void {
  ctx.type = 'html';
  ctx.body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>This request cannot go on</title>
<style>body{font:16px/1.5 ui-monospace,monospace;max-width:40rem;margin:12vh auto;padding:0 1rem;background:#0b0f0c;color:#d6e2d8}code{color:#f0b35a}</style>
<h1>This request cannot go on</h1>
<p>The program that sent you here asked for something that is not right. Nothing was given to it.</p>
<p><code>${escapeHtml(error)}</code> ${escapeHtml(why)}</p>
</html>
`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
