import type { ServerId } from '../../platform/ids.js';

/** Of npm; the version is exact. */
export interface PackageVersion {
  name: string;
  version: string;
}

export interface PackageRun extends PackageVersion {
  /** Whose files it works on: each server has a folder of its own, and no other. */
  serverId: ServerId;
  args: readonly string[];
  /** Beside what every package gets. */
  env: Readonly<Record<string, string>>;
}

/** What to start. */
export interface PreparedRun {
  command: string;
  args: readonly string[];
  /** All of it. */
  env: Readonly<Record<string, string>>;
  cwd: string;
}

/** Why a package cannot be run, for people: a sentence without paths of ours. */
export class PackageFault extends Error {
  override readonly name = 'PackageFault';
}

/** Installs packages and knows how they are started. Which ones may be run is not its question. */
export abstract class PackageRunner {
  /** Whether this process has one. */
  abstract readonly enabled: boolean;

  /** Once for all who ask meanwhile. @throws PackageFault */
  abstract install(version: PackageVersion): Promise<void>;

  /** Installs it where that was not done; does not wait for long. @throws PackageFault */
  abstract prepare(run: PackageRun): Promise<PreparedRun>;

  /** Removes what a server's package wrote. */
  abstract forget(serverId: ServerId): Promise<void>;
}
