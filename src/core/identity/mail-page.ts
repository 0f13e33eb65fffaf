import type { Mail } from './mailer.port.js';

interface Button {
  label: string;
  link: string;
}

interface MailParts {
  to: string;
  subject: string;
  /** Plain sentences; before the link. */
  before: readonly string[];
  /** The one thing to click. */
  button?: Button;
  /** Or several things, each with what it is about. */
  entries?: readonly { about: readonly string[]; button: Button }[];
  /** Smaller, after it. */
  after?: readonly string[];
}

/** A mail of a few sentences and what there is to click, as text and as a page. */
export function composeMail({ to, subject, before, button, entries = [], after = [] }: MailParts): Mail {
  const clicks = [...(button ? [{ about: [], button }] : []), ...entries];
  const [first] = clicks;
  return {
    to,
    subject,
    ...(first && { link: first.button.link }),
    text: [...before, ...clicks.map(asText), ...after].join('\n\n'),
    html: page([
      ...before.map((sentence) => paragraph(sentence)),
      ...clicks.flatMap(({ about, button: { label, link } }) => [
        ...about.map((sentence) => paragraph(sentence)),
        anchor(label, link),
      ]),
      ...after.map((sentence) => paragraph(sentence, 'color:#5D666B')),
    ]),
  };
}

const asText = ({ about, button }: { about: readonly string[]; button: Button }): string =>
  [...about, `${button.label}:`, button.link].join('\n');

/** For sentences that hold what somebody chose, a name for one: the mail program must see no markup in it. */
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

const paragraph = (sentence: string, style = ''): string =>
  `<p style="margin:0 0 12px;${style}">${escapeHtml(sentence)}</p>`;

const anchor = (label: string, link: string): string =>
  `<p style="margin:0 0 20px"><a href="${escapeHtml(link)}" style="display:inline-block;padding:11px 20px;` +
  `background:#1B2125;color:#F6F4EE;text-decoration:none">${escapeHtml(label)}</a></p>`;

/** Mail programs know neither style sheets nor modern CSS: inline styles, one column. */
const page = (parts: readonly string[]): string => `<!doctype html>
<html lang="en">
  <body style="margin:0;padding:32px;background:#F6F4EE;color:#1B2125;font:15px/22px 'Segoe UI',sans-serif">
    ${parts.join('\n    ')}
  </body>
</html>
`;
