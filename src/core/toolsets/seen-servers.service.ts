import { Injectable } from '@nestjs/common';
import type { ServerId } from '../../platform/ids.js';
import { type Soon, whenAllHere, whenHere } from '@app/soon';
import type { Principal } from '../identity/principal.js';
import { hasLevel } from '../registry/access.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { ToolsService } from '../registry/tools.service.js';
import { UpstreamsService } from '../registry/upstreams.service.js';
import type { SeenServer } from './toolset-offer.js';

/** Servers and their tools as last seen: none is asked, so one that hangs holds nobody up. */
@Injectable()
export class SeenServers {
  constructor(
    private readonly access: ServerAccess,
    private readonly upstreams: UpstreamsService,
    private readonly tools: ToolsService,
  ) {}

  /** Those of them that the caller may use, in the order given. No query where they were asked for a moment ago. */
  usable(principal: Principal, ids: readonly ServerId[]): Soon<SeenServer[]> {
    const found: Soon<SeenServer | undefined>[] = ids.map((id) =>
      whenHere(this.access.findLately(principal, id), (level) =>
        level !== undefined && hasLevel(level, 'use') ? this.look(id) : undefined,
      ),
    );
    return whenAllHere(found, (all) => all.filter(isThere));
  }

  /** For whoever was let in before; undefined for a server that is gone. */
  look(id: ServerId): Soon<SeenServer | undefined> {
    const seen = this.read(id);
    return seen instanceof Promise ? seen.catch(() => undefined) : seen;
  }

  private read(id: ServerId): Soon<SeenServer | undefined> {
    return whenHere(this.upstreams.describe(id), (server): Soon<SeenServer | undefined> => {
      if (server.toolCount === null) return { id, name: server.name, tools: [] };
      return whenHere(this.tools.listLately(id), (tools) => ({ id, name: server.name, tools }));
    });
  }
}

const isThere = (server: SeenServer | undefined): server is SeenServer => server !== undefined;
