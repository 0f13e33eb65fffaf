import type { PackageVersion } from './package-runner.port.js';

const SCHEME = 'npm:';
/** https://github.com/npm/validate-npm-package-name, the rules for new names; no path, URL, tag or range has this form. */
const NAME = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;
/** Semantic Versioning 2.0.0, exact. */
const VERSION = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const MAX_NAME_LENGTH = 214;
const MAX_VERSION_LENGTH = 64;

export const isPackageName = (name: string): boolean => name.length <= MAX_NAME_LENGTH && NAME.test(name);

export const isExactVersion = (version: string): boolean =>
  version.length <= MAX_VERSION_LENGTH && VERSION.test(version);

/** Stands where other servers have a URL. */
export const packageUrl = ({ name, version }: PackageVersion): string => `${SCHEME}${name}@${version}`;

export function readPackageUrl(url: string): PackageVersion | undefined {
  const at = url.lastIndexOf('@');
  if (!url.startsWith(SCHEME) || at <= SCHEME.length) return undefined;
  const [name, version] = [url.slice(SCHEME.length, at), url.slice(at + 1)];
  return isPackageName(name) && isExactVersion(version) ? { name, version } : undefined;
}
