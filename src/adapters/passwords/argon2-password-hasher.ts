import { availableParallelism } from 'node:os';
import { Algorithm, hash, parseOptions, verify } from '@node-rs/argon2';
import { PasswordHasher } from '../../core/identity/password-hasher.port.js';
import { HashQueue } from './hash-queue.js';

/** OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** The value of `Algorithm.Argon2id`: a const enum of another package has none at run time. */
const ARGON2ID: Algorithm.Argon2id = 2;

/** Of the four threads of libuv some stay for files and names. */
const AT_ONCE = Math.min(3, Math.max(1, availableParallelism()));
const WAITING = 64;

/** argon2id (RFC 9106) on threads of the pool. */
export class Argon2PasswordHasher extends PasswordHasher {
  private readonly queue = new HashQueue({ atOnce: AT_ONCE, waiting: WAITING });

  async hash(password: string): Promise<string> {
    return this.queue.run(() => hash(password, { ...COST, algorithm: ARGON2ID }));
  }

  async verify(phc: string, password: string): Promise<boolean> {
    return this.queue.run(() => verify(phc, password));
  }

  isOutdated(phc: string): boolean {
    const { algorithm, memoryCost, timeCost, parallelism } = parseOptions(phc);
    const isWeaker = memoryCost < COST.memoryCost || timeCost < COST.timeCost || parallelism < COST.parallelism;
    return algorithm !== ARGON2ID || isWeaker;
  }
}
