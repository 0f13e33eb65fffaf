import { chunk, toEvent, type WirePart, type WirePlanNode, type WireRequest } from '../gemini/wire.js';
import type { Reply } from '../gemini/replies.js';
import { pause } from './until.js';
import { Random } from './random.js';

const TOOLS = ['read_value', 'put_value', 'write_value'] as const;
const SLOW_WORD_MS = 500;
const WORDS = 'Everything that was asked for has been looked at, one after the other.'.split(' ');

/**
 * A model that answers `graph <tag>` with a graph of 6 to 8 calls, always the same for the same tag, and the outcomes
 * with words. `slowly <tag>` gets only words, over more than six seconds.
 */
export function graphBrain(seed: number, { wordMs = 8 } = {}): (request: WireRequest) => Reply {
  return (request) => {
    const said =
      request.contents
        .at(-1)
        ?.parts.map((part) => part.text ?? '')
        .join(' ') ?? '';
    const tag = /graph (\S+)/.exec(said)?.[1];
    if (/slowly \S+/.test(said)) return stream([], SLOW_WORD_MS);
    if (tag === undefined) return stream([], wordMs);
    const nodes = graphOf(new Random(seed).fork(tag), tag);
    return stream([{ functionCall: { id: `fc-${tag}`, name: 'propose_plan', args: { nodes } } }], wordMs);
  };
}

/** Chains and branches; some take a value of an earlier call by reference. */
function graphOf(random: Random, tag: string): WirePlanNode[] {
  return Array.from({ length: random.between(6, 8) }, (_, place) => {
    const earlier = place === 0 || random.chance(0.3) ? [] : [`n${random.between(0, place - 1)}`];
    const more = place > 2 && random.chance(0.3) ? [`n${random.between(0, place - 1)}`] : [];
    const dependsOn = [...new Set([...earlier, ...more])];
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

function stream(calls: WirePart[], wordMs: number): Reply {
  return (response) => {
    void (async () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const word of WORDS) {
        if (response.destroyed) return;
        response.write(toEvent(chunk([{ text: `${word} ` }])));
        await pause(wordMs);
      }
      response.end(toEvent(chunk(calls, 'STOP')));
    })();
  };
}
