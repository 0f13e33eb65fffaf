import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Bell } from '../../platform/hints/bell.js';
import { Hints } from '../../platform/hints/hints.js';
import { isId, type OrganizationId } from '../../platform/ids.js';
import { type ActivityEntry, activityTopic } from './activity.js';
import { ActivityRepository } from './activity.repository.js';

const PAGE = 200;
/** A hint may be lost. */
const LOOK_AGAIN_MS = 2_000;
const LOOK_UNHINTED_MS = 500;
/** There is news that has to wait for a transaction that began before it. */
const WITHHELD_MS = 50;
const WITHHELD_LOOKS = 20;

/**
 * The activity as it comes in. The order is that in which transactions began, and a line is given out only when none
 * that began before is still open: so nothing comes in later before something that was given out already, and to follow
 * from a line on misses nothing and repeats nothing. A transaction open for longer than a minute is not waited for.
 */
@Injectable()
export class ActivityFeed implements OnApplicationBootstrap {
  constructor(
    private readonly entries: ActivityRepository,
    private readonly hints: Hints,
  ) {}

  /** Lines loaded from a backup of another cluster carry numbers that mean nothing here. */
  async onApplicationBootstrap(): Promise<void> {
    await this.entries.adopt();
  }

  /**
   * In batches, until `signal` says so; an empty batch now and then, so that whoever follows may say that they are there.
   * @param after the id of the last line that was seen; undefined, one that is kept no more, or none: what comes from now on
   */
  async *follow(
    organizationId: OrganizationId,
    after: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<ActivityEntry[]> {
    const bell = new Bell();
    const ring = () => bell.ring();
    const unlisten = this.hints.subscribe(activityTopic(organizationId), ring);
    signal.addEventListener('abort', ring);
    try {
      const known = after !== undefined && isId('act', after) ? after : undefined;
      let place = await this.entries.findPlace(organizationId, known);
      yield [];
      for (let quick = 0; !signal.aborted; quick -= 1) {
        bell.mute();
        const found = await this.entries.listAfter(organizationId, place, PAGE);
        place = found.at(-1)?.place ?? place;
        yield found.map(({ entry }) => entry);
        if (found.length > 0) continue;
        if (await bell.heard(quick > 0 ? WITHHELD_MS : this.lookAgainMs)) quick = WITHHELD_LOOKS;
      }
    } finally {
      unlisten();
      signal.removeEventListener('abort', ring);
    }
  }

  private get lookAgainMs(): number {
    return this.hints.areCarried ? LOOK_AGAIN_MS : LOOK_UNHINTED_MS;
  }
}
