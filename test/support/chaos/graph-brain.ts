import { chunk, toEvent, type WirePart, type WirePlanNode, type WireRequest } from '../gemini/wire.js';
import type { Reply } from '../gemini/replies.js';
import { pause } from './until.js';
import { Random } from './random.js';

const TOOLS = ['read_value', 'put_value', 'write_value'] as const;
const SLOW_WORD_MS = 500;
const WORDS = 'Everything that was asked for has been looked at, one after the other.'.split(' ');

export interface GraphSize {
  least: number;
  most: number;
}

const SMALL: GraphSize = { least: 6, most: 8 };

/**
 * A model that answers `graph <tag>` with a graph of 6 to 8 calls unless another size is given, always the same for the
 * same tag, and the outcomes with words. `slowly <tag>` gets only words: the first time for as long as anybody listens, at
 * most a minute, then over more than six seconds. `long <ms> <tag>` gets one call of each tool, side by side, that takes so
 * long.
 */
export function graphBrain(seed: number, { wordMs = 8, size = SMALL } = {}): (request: WireRequest) => Reply {
  const spoken = new Set<string>();
  return (request) => {
    const said =
      request.contents
        .at(-1)
        ?.parts.map((part) => part.text ?? '')
        .join(' ') ?? '';
    const tag = /graph (\S+)/.exec(said)?.[1];
    const slowly = /slowly (\S+)/.exec(said)?.[1];
    if (slowly !== undefined) {
      const words = spoken.has(slowly) ? WORDS : Array.from({ length: 60_000 / SLOW_WORD_MS }, () => 'Still');
      spoken.add(slowly);
      return stream([], SLOW_WORD_MS, words);
    }
    const propose = (name: string, nodes: WirePlanNode[]) =>
      stream([{ functionCall: { id: `fc-${name}`, name: 'propose_plan', args: { nodes } } }], wordMs);
    const [, waitMs, long] = /long (\d+) (\S+)/.exec(said) ?? [];
    if (long !== undefined) return propose(long, longCalls(long, Number(waitMs)));
    if (tag === undefined) return stream([], wordMs);
    return propose(tag, graphOf(new Random(seed).fork(tag), tag, size));
  };
}

const longCalls = (tag: string, waitMs: number): WirePlanNode[] =>
  TOOLS.map((tool, place) => ({
    key: `n${place}`,
    title: `${tool} ${place}`,
    tool,
    arguments: { id: `${tag}.${place}`, value: place, wait_ms: waitMs },
    depends_on: [],
  }));

/** Some take a value of an earlier call by reference. */
function graphOf(random: Random, tag: string, { least, most }: GraphSize): WirePlanNode[] {
  const count = random.between(least, most);
  const parentsOf = random.pick(SHAPES);
  return Array.from({ length: count }, (_, place) => {
    const dependsOn = [...new Set(parentsOf(place, count, random))].map((parent) => `n${parent}`);
    const [source] = dependsOn;
    const value = source !== undefined && random.chance(0.5) ? { $ref: `${source}#/structuredContent/value` } : place;
    const tool = random.pick(TOOLS);
    return {
      key: `n${place}`,
      title: `${tool} ${place}`,
      tool,
      arguments: { id: `${tag}.${place}`, value },
      depends_on: dependsOn,
    };
  });
}

/** The places that one depends on, all of them earlier. */
type Shape = (place: number, count: number, random: Random) => number[];

const LAYER = 5;

const anyhow: Shape = (place, _count, random) => [
  ...(place === 0 || random.chance(0.3) ? [] : [random.between(0, place - 1)]),
  ...(place > 2 && random.chance(0.3) ? [random.between(0, place - 1)] : []),
];
const chain: Shape = (place) => (place === 0 ? [] : [place - 1]);
const outAndIn: Shape = (place, count) => {
  if (place === 0) return [];
  return place === count - 1 ? Array.from({ length: count - 2 }, (_, at) => at + 1) : [0];
};
const layers: Shape = (place, _count, random) => {
  const above = Math.floor(place / LAYER) * LAYER - LAYER;
  return above < 0 ? [] : [random.between(above, above + LAYER - 1), random.between(above, above + LAYER - 1)];
};
const tree: Shape = (place) => (place === 0 ? [] : [(place - 1) >> 1]);

const SHAPES = [anyhow, anyhow, chain, outAndIn, layers, tree] as const;

function stream(calls: WirePart[], wordMs: number, words: readonly string[] = WORDS): Reply {
  return (response) => {
    void (async () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const word of words) {
        if (response.destroyed) return;
        response.write(toEvent(chunk([{ text: `${word} ` }])));
        await pause(wordMs);
      }
      response.end(toEvent(chunk(calls, 'STOP')));
    })();
  };
}
