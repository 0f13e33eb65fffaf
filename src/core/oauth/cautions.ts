import type { RedirectTarget } from './redirect-target.js';

/** What a person should look at twice. */
export const CAUTIONS = ['this_machine', 'app_scheme', 'look_alike_name', 'look_alike_host'] as const;
export type Caution = (typeof CAUTIONS)[number];

const LATIN = /\p{Script=Latin}/u;
/** Scripts with letters that look like Latin ones. */
const ALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;
/** Letters of other shapes that stand for Latin ones. */
const DRESSED = /[\u{1d400}-\u{1d7ff}\uff21-\uff3a\uff41-\uff5a\u2100-\u214f]/u;

export function cautionsOf(client: { name: string; host: string | null }, redirect: RedirectTarget): Caution[] {
  const { name, host } = client;
  const isDressed = DRESSED.test(name) || (LATIN.test(name) && ALIKE.test(name));
  const hosts = [host ?? '', redirect.kind === 'web' ? redirect.shown : ''];
  return [
    ...(redirect.kind === 'loopback' ? (['this_machine'] as const) : []),
    ...(redirect.kind === 'app' ? (['app_scheme'] as const) : []),
    ...(isDressed ? (['look_alike_name'] as const) : []),
    // Other letters than those of ASCII, as names of hosts have them.
    ...(hosts.some((one) => /(^|\.)xn--/.test(one)) ? (['look_alike_host'] as const) : []),
  ];
}
