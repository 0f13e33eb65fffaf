import type { Mail } from './mailer.port.js';

interface SignInMailParts {
  to: string;
  code: string;
  sentAt: Date;
  expiresAt: Date;
}

export function signInMail({ to, code, sentAt, expiresAt }: SignInMailParts): Mail {
  const validFor = inWords(Math.round((expiresAt.getTime() - sentAt.getTime()) / 1_000));
  return {
    to,
    code,
    subject: 'Your sign-in code for Switchyard',
    text: [
      `Your sign-in code is ${code}.`,
      `It works once, for ${validFor}, and only from the network where it was asked for.`,
      'If you did not ask for it, ignore this mail: nobody gets in without the code.',
    ].join('\n\n'),
    html: page(code, validFor),
  };
}

const inWords = (seconds: number): string =>
  seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;

/** Mail programs know neither style sheets nor modern CSS: inline styles, one column. */
const page = (code: string, validFor: string): string => `<!doctype html>
<html lang="en">
  <body style="margin:0;padding:32px;background:#F6F4EE;color:#1B2125;font:15px/22px 'Segoe UI',sans-serif">
    <p style="margin:0 0 12px">Your sign-in code for Switchyard:</p>
    <p style="margin:0 0 12px;font:600 28px/36px Menlo,Consolas,monospace;letter-spacing:4px">${code}</p>
    <p style="margin:0 0 12px">It works once, for ${validFor}, and only from the network where it was asked for.</p>
    <p style="margin:0;color:#5D666B">If you did not ask for it, ignore this mail: nobody gets in without the code.</p>
  </body>
</html>
`;
