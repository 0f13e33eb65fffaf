import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { inertLine, inertText, shortened } from './markdown-text.js';

/** What a reader of Markdown with GitHub's extensions makes of each text, as HTML. */
function rendered(texts: readonly string[]): string[] {
  const script = `
    import { createElement } from 'react';
    import { renderToStaticMarkup } from 'react-dom/server';
    import Markdown from 'react-markdown';
    import remarkGfm from 'remark-gfm';
    let input = '';
    for await (const chunk of process.stdin) input += chunk;
    const page = (text) => renderToStaticMarkup(createElement(Markdown, { remarkPlugins: [remarkGfm] }, text));
    console.log(JSON.stringify(JSON.parse(input).map(page)));`;
  const options = { input: JSON.stringify(texts), maxBuffer: 64 * 1024 * 1024 };
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], options).toString(),
  ) as string[];
}

const NASTY = [
  '<script>alert(1)</script> <img src=x onerror=y> <!-- c --> <a href="x">',
  '[a](http://evil.example) ![i](http://evil.example/x.png) [r][1]\n\n[1]: http://evil.example',
  'http://evil.example www.evil.example HTTPS://evil.example ftp://x.example mailto:a@b.example me@evil.example xmpp:a@b.c',
  '_https://evil.example 1https://evil.example _www.evil.example x_http://evil.example éhttps://evil.example',
  '<http://evil.example> &lt;b&gt; &#60;i&#62;',
  '# head\n## two\ntext\n===\nmore\n---\n***\n___\n> quote\n- list\n+ list\n* list\n1. one\n2) two\n    code\n\tcode',
  '```js\nfenced\n```\n~~~\nx\n~~~\n`code` **b** _i_ ~~s~~ $x$ | a | b |\n|---|---|',
  '\\[not a link](x) \\\\<b> &amp;copy; a\\\nb  \nc',
  '[^1] text\n\n[^1]: note\n- [x] done',
  '\u001b[31mred\u001b[0m \u202eesrever\u202c zero\u200bwidth',
];
const pieces = fc.constantFrom(
  ...NASTY.flatMap((text) => text.split(/(?<=[\s\]>)])/)),
  '\n',
  ' ',
  '\\',
  '<',
  '[',
  ']',
  '(',
  '`',
);
const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));

/** All that is left are words in paragraphs. */
const tagsOf = (html: string) => [...new Set([...html.matchAll(/<\/?([a-z0-9]+)/g)].map(([, name]) => name))].sort();

test('what somebody wrote is read as it is and does nothing', () => {
  const samples = [...NASTY, ...fc.sample(texts, { numRuns: 300, seed: 1 })];
  const pages = rendered(samples.map(inertText));
  for (const [index, html] of pages.entries()) {
    expect([samples[index], tagsOf(html).filter((tag) => tag !== 'p' && tag !== 'br')]).toEqual([samples[index], []]);
  }
  const [first = ''] = pages;
  expect(first).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});

test('a cell of a table stays one cell, whatever is in it', () => {
  const samples = [...NASTY, ...fc.sample(texts, { numRuns: 200, seed: 2 })];
  const pages = rendered(samples.map((text) => `| a | b |\n| --- | --- |\n| ${inertLine(text)} | end |`));
  for (const [index, html] of pages.entries()) {
    const inside = tagsOf(html).filter((tag) => !['table', 'thead', 'tbody', 'tr', 'th', 'td'].includes(tag ?? ''));
    expect([samples[index], inside]).toEqual([samples[index], []]);
    expect(html.match(/<td>/g)).toHaveLength(2);
    expect(html).toContain('<td>end</td>');
  }
});

test('a long text is cut by characters, with a sign', () => {
  expect(shortened('👍'.repeat(10), 4)).toBe('👍👍👍…');
  expect(shortened('abc', 3)).toBe('abc');
});
