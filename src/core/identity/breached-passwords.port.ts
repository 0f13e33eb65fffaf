/** Passwords that somebody's leak made public: the first that are tried. */
export abstract class BreachedPasswords {
  /** In any spelling with capitals. */
  abstract has(password: string): Promise<boolean>;
}
