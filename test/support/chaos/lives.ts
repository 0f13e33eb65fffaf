import { until } from './until.js';
import { type Followed, inTime, type World } from './world.js';

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

/** The promise: all that was under way is done so long after the last restart. */
const DONE_MS = 60_000;

/** No more is asked. @returns milliseconds until all that was under way was done; @throws when it takes over a minute */
export async function comeToRest(
  { app }: World,
  all: readonly Followed[],
  settle: () => Promise<unknown>,
): Promise<number> {
  const startedAt = performance.now();
  await inTime(app, DONE_MS, settle(), all);
  const ms = Math.round(performance.now() - startedAt);
  for (const { follower } of all) follower.stop();
  return ms;
}
