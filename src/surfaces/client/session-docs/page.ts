import type { Message, Schema, SessionDocument } from './document.js';
import { STYLES } from './styles.js';

const KINDS = [
  { kind: 'command', title: 'Commands', about: 'From the client. Each may carry an id, which the answer names.' },
  {
    kind: 'stored',
    title: 'Stored events',
    about: 'From the server, numbered by seq, replayed to whoever comes back.',
  },
  { kind: 'passing', title: 'Passing events', about: 'From the server, never stored.' },
];

/** A page without scripts and without anything from elsewhere. */
export function toPage(document: SessionDocument): string {
  const { info, channels, components } = document;
  const parts = KINDS.map((part) => ({
    ...part,
    messages: Object.entries(components.messages).filter(([key]) => key.startsWith(`${part.kind}_`)),
  }));
  const links = parts.map(
    ({ title, messages }) =>
      `<h2>${text(title)}</h2><ul>${messages.map(([key, { name }]) => `<li><a href="#${key}">${text(name)}</a></li>`).join('')}</ul>`,
  );
  const transports = Object.values(channels).map(
    ({ title, address, description, bindings }) =>
      `<h3>${text(title)}</h3><p><code>${text(address)}</code></p>${prose(description)}${bindings ? fields(bindings.ws.query) : ''}`,
  );
  const sections = parts.map(
    ({ title, about, messages }) =>
      `<h2>${text(title)}</h2><p>${text(about)}</p>${messages.map(([key, message]) => section(key, message)).join('')}`,
  );
  const shared = Object.entries(components.schemas).map(
    ([name, schema]) => `<section id="schema-${text(name)}"><h3>${text(name)}</h3>${fields(schema)}</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(info.title)}</title>
<style>${STYLES}</style>
</head>
<body>
<nav aria-label="Messages"><p><a href="/">Switchyard</a> · <a href="/docs/client">Client API</a> · <a href="/docs/session.json">AsyncAPI</a></p>${links.join('')}</nav>
<main>
<h1>${text(info.title)}</h1>
${prose(info.description)}
<h2>Transports</h2>
${transports.join('')}
${sections.join('')}
<h2>Shared schemas</h2>
${shared.join('')}
</main>
</body>
</html>
`;
}

function section(key: string, { name, description, payload, examples }: Message): string {
  const carried = payload.properties?.payload ?? {};
  const shown = examples.map((example) => `<pre tabindex="0">${text(JSON.stringify(example.payload, null, 2))}</pre>`);
  return `<section id="${key}"><h3><code>${text(name)}</code></h3>${prose(description ?? carried.description ?? '')}${fields(carried)}${shown.join('')}</section>`;
}

function fields({ properties, required = [] }: Schema): string {
  const rows = Object.entries(properties ?? {}).map(
    ([name, schema]) =>
      `<tr><td><code>${text(name)}</code>${required.includes(name) ? '' : ' <span class="dim">optional</span>'}</td>` +
      `<td>${typeOf(schema)}</td><td>${inline(schema.description ?? '')}</td></tr>`,
  );
  if (rows.length === 0) return '';
  return `<div class="wide" tabindex="0"><table><thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** The type in a few words, as HTML. */
function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = text(schema.$ref.split('/').at(-1) ?? '');
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return `<code>${text(JSON.stringify(schema.const))}</code>`;
  if (schema.enum) return schema.enum.map((one) => `<code>${text(String(one))}</code>`).join(' ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  if (schema.properties) {
    return `{${Object.entries(schema.properties)
      .map(([name, inner]) => `${text(name)}: ${typeOf(inner)}`)
      .join(', ')}}`;
  }
  return text(schema.type ?? 'anything');
}

const prose = (words: string): string =>
  words === ''
    ? ''
    : words
        .split('\n\n')
        .map((part) => `<p>${inline(part)}</p>`)
        .join('');

/** `code` and **strong** of Markdown, and the words of its links. */
const inline = (words: string): string =>
  text(words)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const text = (raw: string): string => raw.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
