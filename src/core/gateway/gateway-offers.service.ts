import { type RawResult, UpstreamError, type UpstreamSession } from '@app/mcp-client';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Hints } from '../../platform/hints/hints.js';
import { AppError } from '../../platform/errors/app-error.js';
import type { ServerId, UserId } from '../../platform/ids.js';
import type { Soon } from '@app/soon';
import { HintedCache } from '../registry/hinted-cache.js';
import { offersTopic } from '../registry/server-hints.js';
import { UpstreamsService } from '../registry/upstreams.service.js';
import { type Offered, readableOffers } from './readable-offers.js';

/** What a server says of itself. */
export interface ServerWords {
  capabilities: RawResult;
  instructions: string | undefined;
}

const MOST = 1_500;
/** A change that nobody told us of counts after this long. */
const MAX_AGE_MS = 10_000;
const LONGEST_WAIT_MS = 10_000;

/** What servers offer beside tools, in their own words, as they said a moment ago. */
@Injectable()
export class GatewayOffers implements OnModuleDestroy {
  private readonly lists: HintedCache<RawResult[]>;
  private readonly words: HintedCache<ServerWords>;

  constructor(
    private readonly upstreams: UpstreamsService,
    hints: Hints,
  ) {
    const topic = (key: string) => offersTopic((key.split(' ')[0] ?? '') as ServerId);
    this.lists = new HintedCache(hints, { topic, size: MOST, maxAgeMs: MAX_AGE_MS });
    this.words = new HintedCache(hints, { topic, size: MOST, maxAgeMs: MAX_AGE_MS });
  }

  onModuleDestroy(): void {
    this.lists.close();
    this.words.close();
  }

  /** For whoever was let in before. @throws UpstreamError, AppError of the server */
  list(user: UserId, serverId: ServerId, what: Offered): Soon<RawResult[]> {
    return this.lists.get(`${serverId} ${user} ${what}`, () =>
      this.ask(user, serverId, async (session, wait) => {
        if (what === 'prompts') return readableOffers(what, await session.listPrompts(wait));
        return readableOffers(
          what,
          await (what === 'resources' ? session.listResources(wait) : session.listResourceTemplates(wait)),
        );
      }),
    );
  }

  /** As `list`, but of a server that does not answer nothing. */
  async listIfThere(user: UserId, serverId: ServerId, what: Offered): Promise<RawResult[]> {
    try {
      return await this.list(user, serverId, what);
    } catch (error) {
      // Away, or nobody is signed in there.
      if (error instanceof UpstreamError || error instanceof AppError) return [];
      throw error;
    }
  }

  /** @throws as `list` */
  describe(user: UserId, serverId: ServerId): Soon<ServerWords> {
    return this.words.get(`${serverId} ${user}`, () =>
      this.ask(user, serverId, async ({ capabilities, instructions }) => ({
        capabilities: { ...capabilities },
        instructions,
      })),
    );
  }

  private async ask<T>(
    user: UserId,
    serverId: ServerId,
    work: (session: UpstreamSession, wait: { timeoutMs: number }) => Promise<T>,
  ): Promise<T> {
    const { timeout } = await this.upstreams.describe(serverId);
    const wait = { timeoutMs: Math.min(timeout * 1_000, LONGEST_WAIT_MS) };
    return this.upstreams.withSession(serverId, { ...wait, user }, (session) => work(session, wait));
  }
}
