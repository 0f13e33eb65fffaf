const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bHeadlessChrome\//, 'Chrome without a window'],
  [/\bChrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/** What a user agent (RFC 9110, section 10.1.5) stands for, in words: `Firefox on Linux`, `curl 8.5`. */
export function deviceWords(userAgent: string | null): string {
  const text = userAgent?.trim() ?? '';
  if (text === '') return 'An unnamed program';
  const browser = BROWSERS.find(([pattern]) => pattern.test(text))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(text))?.[1];
  if (browser !== undefined && text.startsWith('Mozilla/')) return system ? `${browser} on ${system}` : browser;
  const [, product = '', version = ''] = /^([\w .+-]{1,40}?)\/(\d+(?:\.\d+)?)/.exec(text) ?? [];
  return product === '' ? text.slice(0, 40) : `${product} ${version}`;
}
