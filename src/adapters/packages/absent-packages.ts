import { PackageFault, PackageRunner } from '../../core/registry/package-runner.port.js';

/** Runs none. */
export class AbsentPackages extends PackageRunner {
  readonly enabled = false;

  async install(): Promise<never> {
    throw runsNone();
  }

  async prepare(): Promise<never> {
    throw runsNone();
  }

  async forget(): Promise<void> {
    // There is nothing of it here.
  }
}

const runsNone = () => new PackageFault('This process runs no packages.');
