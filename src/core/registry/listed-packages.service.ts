import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Hints } from '../../platform/hints/hints.js';
import { type Id, newId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Activity } from '../activity/activity.service.js';
import type { Principal } from '../identity/principal.js';
import { checkKey, checkServer } from './check-server.job.js';
import type { ListedPackage } from './listed-package.js';
import { ListedPackagesRepository } from './listed-packages.repository.js';
import { PackageFault, PackageRunner, type PackageVersion } from './package-runner.port.js';
import { packageUrl } from './package-url.js';
import { packageNotFound, packageNotInstalled, packagesAreOff } from './registry.errors.js';
import { serverTopic } from './server.js';

@Injectable()
export class ListedPackagesService {
  constructor(
    private readonly database: Database,
    private readonly packages: ListedPackagesRepository,
    private readonly runner: PackageRunner,
    private readonly activity: Activity,
    private readonly jobs: Jobs,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  async list(_principal: Principal): Promise<ListedPackage[]> {
    return this.packages.list();
  }

  /**
   * Installs it first: what cannot be installed is not listed. Listing it again changes nothing.
   * @throws 409 PACKAGES_DISABLED, PACKAGE_NOT_INSTALLED
   */
  async add(principal: Principal, version: PackageVersion): Promise<ListedPackage> {
    if (!this.runner.enabled) throw packagesAreOff();
    await this.runner.install(version).catch((error: unknown) => {
      throw error instanceof PackageFault ? packageNotInstalled(error.message) : error;
    });
    const now = this.clock.now();
    return this.database.transaction(async () => {
      const known = await this.packages.find(version);
      if (known) return known;
      await this.packages.insert(newId('pkg', now.getTime()), version, principal.userId, now);
      const listed = await this.packages.find(version);
      if (!listed) throw packageNotFound();
      await this.tell(principal, 'package.listed', listed);
      return listed;
    });
  }

  /** Its servers stop at once, and say why at their next check. @throws 404 */
  async remove(principal: Principal, id: Id<'pkg'>): Promise<void> {
    await this.database.transaction(async () => {
      const removed = await this.packages.remove(id);
      if (!removed) throw packageNotFound();
      await this.tell(principal, 'package.unlisted', { ...removed, id });
      for (const serverId of await this.packages.listServers(packageUrl(removed))) {
        await this.jobs.enqueue(checkServer, { serverId }, { key: checkKey(serverId) });
        this.database.afterCommit(() => this.hints.publish(serverTopic(serverId), { moved: true }));
      }
    });
  }

  /** By `packageUrl`; undefined where this process runs none. */
  async listRunnable(): Promise<ReadonlySet<string> | undefined> {
    if (!this.runner.enabled) return undefined;
    return new Set((await this.packages.list()).map(packageUrl));
  }

  async isListed(version: PackageVersion): Promise<boolean> {
    return (await this.packages.find(version)) !== undefined;
  }

  private async tell(
    { organizationId }: Principal,
    action: 'package.listed' | 'package.unlisted',
    { id, name, version }: PackageVersion & { id: string },
  ): Promise<void> {
    await this.activity.record({
      organizationId,
      action,
      subject: { kind: 'package', id, name: `${name}@${version}` },
    });
  }
}
