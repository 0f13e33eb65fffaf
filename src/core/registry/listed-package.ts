import type { Id } from '../../platform/ids.js';
import type { PackageVersion } from './package-runner.port.js';

/** An exact version of a package that this instance may run: an administrator of the instance said so. */
export interface ListedPackage extends PackageVersion {
  id: Id<'pkg'>;
  listedAt: Date;
  /** Null for somebody who is gone. */
  listedBy: string | null;
  /** How many servers of all organizations run it. */
  servers: number;
}
