import { type HandleOptions, McpEndpoint } from '@app/mcp-gateway';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { Hints } from '../../platform/hints/hints.js';
import { Logger } from '../../platform/logging/logger.js';
import type { Soon } from '@app/soon';
import type { GatewayCaller } from './gateway-caller.js';
import { GatewayPresence } from './presence.service.js';
import { GatewayCatalogues } from './gateway-catalogues.service.js';
import { GatewayBackend } from './gateway-backend.service.js';
import { GatewaySessionsRepository } from './gateway-sessions.repository.js';

/** A request of HTTP, and its answer, as the engine takes them. */
type Handled = Parameters<McpEndpoint<GatewayCaller>['handle']>;

const GRACE_MS = 5_000;
/** What travels through clients belongs to no row. */
const SEALED_AT = { organizationId: '', table: 'gateway', rowId: '', column: 'request_state' };

/** Our own MCP endpoint, all of its addresses. */
@Injectable()
export class McpGateway implements OnApplicationShutdown {
  private readonly endpoint: McpEndpoint<GatewayCaller>;

  constructor(
    backend: GatewayBackend,
    private readonly catalogues: GatewayCatalogues,
    sessions: GatewaySessionsRepository,
    private readonly presence: GatewayPresence,
    hints: Hints,
    box: SecretBox,
    logger: Logger,
  ) {
    this.endpoint = new McpEndpoint({
      backend,
      sessions,
      courier: {
        publish: (topic, message) => hints.publish(`mcp:${topic}`, message),
        subscribe: (topic, listener) =>
          hints.subscribe(`mcp:${topic}`, (data) => listener(data as Record<string, unknown>)),
      },
      sealer: {
        seal: (text) => box.seal(text, SEALED_AT),
        open: (sealed) => {
          try {
            return box.open(sealed, SEALED_AT);
          } catch {
            return undefined;
          }
        },
      },
      onError: (error) => logger.error({ err: error }, 'a request of an MCP client failed in an unforeseen way'),
    });
    presence.onEnded((keys) => this.endpoint.dismiss((key) => keys.has(key)));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.endpoint.close({ graceMs: GRACE_MS });
  }

  /** @throws 403, 404 where there is nothing for the caller at this place */
  find(caller: GatewayCaller): Soon<unknown> {
    return this.catalogues.find(caller);
  }

  /**
   * For whoever was let in. Always answers who is still there, and never rejects.
   * @param headers of each answer, names and values by turns
   * @param refusalOf judges each method where the caller may not use all of them
   */
  handle(
    request: Handled[0],
    response: Handled[1],
    caller: GatewayCaller,
    headers: readonly string[],
    refusalOf?: HandleOptions['refusalOf'],
  ): Promise<void> {
    // Who left while they were let in will not close again, and wants nothing any more.
    if (response.destroyed) return Promise.resolve();
    const { key } = caller;
    this.presence.enter(key, caller.principal);
    response.on('close', () => this.presence.leave(key));
    return this.endpoint.handle(request, response, caller, { key, headers, refusalOf });
  }
}
