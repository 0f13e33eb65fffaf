import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Keyring } from '../../platform/crypto/keyring.js';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { Database } from '../../platform/database/database.js';
import { type Id, newId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { CONFIG } from '../../platform/tokens.js';
import type { EmailAddress } from './email-address.js';
import {
  codeIsCoolingDown,
  codeIsLocked,
  codeIsLockedToday,
  codeIsOver,
  codeIsUnknownHere,
  codeIsWrong,
} from './identity.errors.js';
import { ipWindow } from './ip-address.js';
import { cooldownSeconds, MAX_ATTEMPTS, MAX_GUESSES_A_DAY, newCode } from './one-time-code.js';
import type { OneTimeCodeEntity } from './one-time-code.entity.js';
import { type CountedCode, OneTimeCodesRepository } from './one-time-codes.repository.js';
import { codePlace, sendCode } from './send-code.job.js';
import { SignInFailures } from './sign-in-failures.js';

const DAY_MS = 86_400_000;

/** Codes that prove an e-mail address. Knows nothing of accounts: what it answers cannot tell whether there is one. */
@Injectable()
export class OneTimeCodesService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly codes: OneTimeCodesRepository,
    private readonly jobs: Jobs,
    private readonly failures: SignInFailures,
    private readonly keyring: Keyring,
    private readonly secrets: SecretBox,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a code and has it mailed; not one that could not be used.
   * @returns the seconds until the next one may be asked for
   */
  async request(email: EmailAddress, ip: string): Promise<number> {
    const place = { email, ipWindow: ipWindow(ip) };
    return this.database.transaction(async () => {
      const now = this.clock.now();
      await this.codes.lockAddress(email);
      const wait = this.secondsToWait(await this.recentCodes(email, now), place.ipWindow, now);
      if (wait.remaining > 0) throw codeIsCoolingDown(wait.remaining);
      await this.refuseAfterLastGuess(email, now);

      const code = newCode();
      const row = this.newRow(place, code, now);
      await this.codes.add(row);
      await this.codes.removeSomeOlderThan(new Date(now.getTime() - 2 * DAY_MS));
      await this.jobs.enqueue(sendCode, {
        codeId: row.id,
        sealedCode: this.secrets.seal(code, codePlace(row.id)),
      });
      return wait.cooldown;
    });
  }

  /**
   * Counts the guess, then compares it. The right code still has to be used, see `use`.
   * @throws 401 wrong or asked for elsewhere, 410 expired or used, 429 locked
   */
  async check(email: EmailAddress, code: string, ip: string): Promise<Id<'otp'>> {
    const place = { email, ipWindow: ipWindow(ip) };
    const counted = await this.takeAttempt(place);
    if (!counted) throw await this.refusal(place);
    if (!this.keyring.verify('one-time-codes', signedText(counted.salt, place, code), counted.codeHash)) {
      const attemptsLeft = MAX_ATTEMPTS - counted.attempts;
      await this.failures.report(email, 'code', attemptsLeft === 0 ? 'code.locked' : 'sign_in.failed');
      throw codeIsWrong(attemptsLeft);
    }
    return counted.id;
  }

  /**
   * To be called in the transaction of what the code is good for.
   * @throws 410 when another call used it first
   */
  async use(id: Id<'otp'>): Promise<void> {
    if (!(await this.codes.use(id, this.clock.now()))) throw codeIsOver();
  }

  private async takeAttempt(place: { email: EmailAddress; ipWindow: string }): Promise<CountedCode | undefined> {
    const now = this.clock.now();
    const dayBegan = this.dayBegan(now);
    if (!(await this.codes.hasAttempt(place, now, dayBegan))) return undefined;
    return this.database.transaction(async () => {
      await this.codes.lockAddress(place.email);
      return this.codes.takeAttempt(place, now, dayBegan);
    });
  }

  /** Codes that were made since then may have been guessed within a day. */
  private dayBegan(now: Date): Date {
    return new Date(now.getTime() - DAY_MS - this.config.oneTimeCodes.lifetimeSeconds * 1_000);
  }

  /** @throws 429 */
  private async refuseAfterLastGuess(email: EmailAddress, now: Date): Promise<void> {
    const dayBegan = this.dayBegan(now);
    const { guesses, firstAt } = await this.codes.countGuesses(email, dayBegan);
    if (guesses < MAX_GUESSES_A_DAY) return;
    const freeAgainMs = (firstAt ?? now).getTime() - dayBegan.getTime();
    throw codeIsLockedToday(Math.max(1, Math.ceil(freeAgainMs / 1_000)));
  }

  private newRow(place: { email: EmailAddress; ipWindow: string }, code: string, now: Date): OneTimeCodeEntity {
    const salt = randomBytes(16).toString('base64url');
    return {
      id: newId('otp', now.getTime()),
      email: place.email,
      ipWindow: place.ipWindow,
      salt,
      codeHash: this.keyring.sign('one-time-codes', signedText(salt, place, code)),
      attempts: 0,
      createdAt: now,
      expiresAt: new Date(now.getTime() + this.config.oneTimeCodes.lifetimeSeconds * 1_000),
      usedAt: null,
    };
  }

  private async refusal(place: { email: EmailAddress; ipWindow: string }) {
    const now = this.clock.now();
    const newest = await this.codes.findNewest(place);
    if (!newest) return codeIsUnknownHere();
    if (newest.usedAt || newest.expiresAt <= now) return codeIsOver();
    await this.refuseAfterLastGuess(place.email, now);
    const { remaining } = this.secondsToWait(await this.recentCodes(place.email, now), place.ipWindow, now);
    return codeIsLocked(Math.max(1, remaining));
  }

  private async recentCodes(email: EmailAddress, now: Date): Promise<OneTimeCodeEntity[]> {
    return this.codes.listSince(email, new Date(now.getTime() - DAY_MS));
  }

  /** Between any two codes to one address lies the plain cooldown; where codes were guessed to death, a longer one. */
  private secondsToWait(recent: OneTimeCodeEntity[], window: string, now: Date) {
    const base = this.config.oneTimeCodes.cooldownSeconds;
    const here = recent.filter((code) => code.ipWindow === window);
    const exhausted = here.filter((code) => code.attempts >= MAX_ATTEMPTS && !code.usedAt).length;
    const cooldown = cooldownSeconds(base, exhausted);
    const remaining = Math.max(secondsLeft(recent[0], base, now), secondsLeft(here[0], cooldown, now));
    return { cooldown, remaining };
  }
}

const signedText = (salt: string, { email, ipWindow }: { email: string; ipWindow: string }, code: string): string =>
  JSON.stringify([salt, email, ipWindow, code]);

const secondsLeft = (last: OneTimeCodeEntity | undefined, cooldown: number, now: Date): number =>
  last ? Math.max(0, Math.ceil((last.createdAt.getTime() + cooldown * 1_000 - now.getTime()) / 1_000)) : 0;
