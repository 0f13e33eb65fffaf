import { until } from './until.js';
import { type Followed, spread } from './world.js';

const LONGEST_LIFE_MS = 8_000;

/**
 * Until the clients together have so many more events, or for long enough: a life is measured by what gets done in it,
 * so that a slow machine kills in the middle of work too.
 */
export async function lifeOf(all: readonly Followed[], events: number): Promise<void> {
  const enough = eventsOf(all) + events;
  const endsAt = performance.now() + LONGEST_LIFE_MS;
  const isOver = () => eventsOf(all) >= enough || performance.now() > endsAt;
  await until('the life is over', isOver, LONGEST_LIFE_MS * 2);
}

export const eventsOf = (all: readonly Followed[]): number =>
  all.reduce((sum, { follower }) => sum + follower.received.length, 0);

/** All talk, one graph after the other, until the returned function is called; it settles when the last has its answer. */
export function talkOnAndOn(all: readonly Followed[], tag: string): () => Promise<unknown> {
  let over = false;
  const talks = all.map(({ follower }, index) => {
    follower.start();
    return follower.askOnAndOn(`${tag}${index}`, () => over);
  });
  const ended = Promise.all(talks);
  return () => {
    over = true;
    return ended;
  };
}

/** All that was under way is done so long after the last restart. */
const DONE_MS = 60_000;
/** What a start takes on a machine that has nothing else to do. */
const START_MS = 2_000;

/** The promised minute, and on a machine that is slow to start the product, longer in proportion. */
export const doneWithin = (restarts: readonly number[]): number =>
  DONE_MS * Math.max(1, spread(restarts).median / START_MS);
