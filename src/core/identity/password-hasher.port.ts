/** Turns passwords into what may be stored, at a cost that makes guessing dear. Off the event loop. */
export abstract class PasswordHasher {
  /** @returns the PHC string form, parameters and salt in it. @throws 503 when too many wait */
  abstract hash(password: string): Promise<string>;
  /** @throws 503 when too many wait */
  abstract verify(phc: string, password: string): Promise<boolean>;
  /** Whether a hash of today would cost more. */
  abstract isOutdated(phc: string): boolean;
}
