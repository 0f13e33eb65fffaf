import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ServerId } from '../../platform/ids.js';
import { Activity } from '../activity/activity.service.js';
import type { Principal } from '../identity/principal.js';
import { type FiledServer, FiledServersService } from '../registry/filed-servers.service.js';
import { ExportKeys, type PublicExportKey } from './export-keys.service.js';
import { inCanonicalOrder, MAX_SERVERS, type ServerFile, type UnsignedServerFile } from './server-file.js';
import { serverIsNotExported } from './server-file.errors.js';
import { findReasonToLeaveOut, toFileServer } from './to-file-server.js';

/** Servers and their tools as a signed file that is the same for the same servers. */
@Injectable()
export class ServerExportsService {
  constructor(
    private readonly database: Database,
    private readonly servers: FiledServersService,
    private readonly keys: ExportKeys,
    private readonly activity: Activity,
  ) {}

  /** All of the organization. */
  async exportAll(principal: Principal): Promise<ServerFile> {
    return this.write(principal, await this.servers.list(principal, MAX_SERVERS));
  }

  /** @throws 404, 409 for one that no file holds */
  async exportOne(principal: Principal, id: ServerId): Promise<ServerFile> {
    const found = await this.servers.get(principal, id);
    if (findReasonToLeaveOut(found.server)) throw serverIsNotExported();
    return this.write(principal, [found]);
  }

  /** By which anybody verifies what this instance signed. */
  async publicKey(): Promise<PublicExportKey> {
    return this.keys.current();
  }

  private async write({ organizationId }: Principal, found: readonly FiledServer[]): Promise<ServerFile> {
    const file: Omit<UnsignedServerFile, 'public_key'> = {
      format: 'switchyard.servers',
      version: 1,
      servers: found
        .filter(({ server }) => !findReasonToLeaveOut(server))
        .map(toFileServer)
        .sort(byName),
      left_out: found
        .flatMap(({ server }) => {
          const reason = findReasonToLeaveOut(server);
          return reason ? [{ name: server.name, reason }] : [];
        })
        .sort(byName),
    };
    const signed = await this.keys.sign(file);
    await this.database.transaction(() =>
      this.activity.record({ organizationId, action: 'servers.exported', details: { servers: file.servers.length } }),
    );
    return inCanonicalOrder(signed);
  }
}

const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
