import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { BreachedPasswords } from './breached-passwords.port.js';
import type { EmailAddress } from './email-address.js';
import { passwordIsRefused, tooManyPasswords } from './password.errors.js';
import { PasswordHasher } from './password-hasher.port.js';
import { flawOf, normalizePassword } from './password.js';
import { PasswordsRepository } from './passwords.repository.js';

const ATTEMPTS = 10;
const WINDOW_MS = 15 * 60_000;

/** What all that has to do with passwords rests on: which are taken, and the price of a guess. */
@Injectable()
export class PasswordsService {
  private nobodys: Promise<string> | undefined;

  constructor(
    private readonly hasher: PasswordHasher,
    private readonly breached: BreachedPasswords,
    private readonly passwords: PasswordsRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * @param path JSON Pointer of the field that the password came in
   * @returns what is stored of it
   * @throws 400 for one that is too short, too long, made of the address or our name, or on lists of stolen ones
   */
  async choose(text: string, { email, path }: { email: EmailAddress; path: string }): Promise<string> {
    const flaw = flawOf(text, email);
    if (flaw) throw passwordIsRefused(flaw, path);
    const password = normalizePassword(text) ?? '';
    if (await this.breached.has(password)) throw passwordIsRefused('breached', path);
    return this.hasher.hash(password);
  }

  /** Whether the text is the password of each. Where there is none, one that nobody knows is compared: equal work. */
  async compare(text: string, hashes: readonly (string | null | undefined)[]): Promise<boolean[]> {
    this.nobodys ??= this.makeNobodys();
    const nobodys = await this.nobodys;
    const password = normalizePassword(text);
    const fits = await Promise.all(hashes.map((hash) => this.hasher.verify(hash ?? nobodys, password ?? '')));
    return fits.map((fit, place) => fit && password !== undefined && typeof hashes[place] === 'string');
  }

  /**
   * Counts an attempt before anything is compared, for addresses without an account alike.
   * @throws 429 after ten within a quarter of an hour
   */
  async count(email: EmailAddress): Promise<void> {
    const now = this.clock.now();
    const windowStart = new Date(now.getTime() - WINDOW_MS);
    if (await this.passwords.takeAttempt(email, { atMost: ATTEMPTS, windowStart, now })) return;
    const since = (await this.passwords.findAttemptsSince(email)) ?? now;
    throw tooManyPasswords(Math.max(1, Math.ceil((since.getTime() + WINDOW_MS - now.getTime()) / 1_000)));
  }

  /** A hash of today's cost for one that was made when less was asked for; undefined where it is well as it is. */
  async renew(hash: string, text: string): Promise<string | undefined> {
    return this.hasher.isOutdated(hash) ? this.hasher.hash(normalizePassword(text) ?? '') : undefined;
  }

  private makeNobodys(): Promise<string> {
    return this.hasher.hash(randomBytes(32).toString('base64url')).catch((error: unknown) => {
      this.nobodys = undefined;
      throw error;
    });
  }
}
