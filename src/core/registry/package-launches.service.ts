import { type Launch, ProcessSlots, UpstreamError } from '@app/mcp-client';
import { Injectable } from '@nestjs/common';
import { Logger } from '../../platform/logging/logger.js';
import { ListedPackagesService } from './listed-packages.service.js';
import { PackageFault, PackageRunner } from './package-runner.port.js';
import { readPackageUrl } from './package-url.js';
import type { McpServer } from './server.js';
import { ServerCredentials } from './server-credentials.js';

/** Each has a heap of 256 MiB at most. */
const MOST_PROCESSES = 16;
const LINES_A_MINUTE = 100;
const MINUTE_MS = 60_000;
/** A shorter one would be found everywhere. */
const LEAST_SECRET = 4;

/** How the servers that are packages are started: only what is listed at that moment. */
@Injectable()
export class PackageLaunches {
  private readonly slots = new ProcessSlots(MOST_PROCESSES);

  constructor(
    private readonly packages: ListedPackagesService,
    private readonly runner: PackageRunner,
    private readonly credentials: ServerCredentials,
    private readonly logger: Logger,
  ) {}

  /** @throws UpstreamError UPSTREAM_REFUSED; AppError CREDENTIALS_UNREADABLE */
  async launchOf(server: McpServer): Promise<Launch> {
    const version = readPackageUrl(server.url);
    if (!version || !(await this.packages.isListed(version))) {
      throw refused('This package is not on the list of this instance.', 'Ask an administrator of the instance.');
    }
    if (!this.runner.enabled) throw refused('This process runs no packages.', 'See PACKAGES_ENABLED.');
    const { env, args } = this.credentials.configurationOf(server);
    try {
      const prepared = await this.runner.prepare({ ...version, serverId: server.id, env, args });
      return { ...prepared, slots: this.slots, onLine: this.logOf(server, Object.values(env)) };
    } catch (error) {
      if (error instanceof PackageFault)
        throw refused(`The package could not be installed: ${error.message}`, 'Try again later.');
      throw error;
    }
  }

  /** Packages like to print what they were given. */
  private logOf({ id }: McpServer, secrets: readonly string[]): (line: string) => void {
    const hidden = secrets.filter((value) => value.length >= LEAST_SECRET);
    let [since, lines] = [0, 0];
    return (line) => {
      const now = performance.now();
      if (now - since > MINUTE_MS) [since, lines] = [now, 0];
      lines += 1;
      if (lines > LINES_A_MINUTE) return;
      const shown = hidden.reduce((text, value) => text.replaceAll(value, '[redacted]'), line);
      this.logger.info({ serverId: id, line: shown }, 'package');
    };
  }
}

const refused = (message: string, fix: string) =>
  new UpstreamError('UPSTREAM_REFUSED', message, { requestSent: false, fix });
