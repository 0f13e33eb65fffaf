import { buildIndex, search as find } from '../../dist/libs/tool-search/src/index.js';
import { report } from '../lib/measure.mjs';

const TOOLS = 5_000;
const LIMIT_MS = 5;
const QUERIES = ['create an issue in github', 'li', 'share the calendar with a customer', 'merge branch 4711', 'of a'];

/** Finding a tool among thousands, against looking for the words in all their texts, and against 5 ms. */
export function search() {
  const tools = Array.from({ length: TOOLS }, (_, place) => toolNumber(place));
  const texts = tools.map((tool) => JSON.stringify(tool).toLowerCase());
  const index = buildIndex(tools);
  const slowest = Math.max(...QUERIES.map((query) => fastest(() => find(index, query, { limit: 20 }))));
  const scan = Math.max(...QUERIES.map((query) => fastest(() => scanFor(texts, query.split(' ')))));
  const options = { limit: 1, higherIsBetter: false };
  report(`search in ${TOOLS} tools, the slowest query, ms`, slowest, LIMIT_MS, options);
  console.log(`     a scan of the texts takes ${scan.toFixed(2)} ms; the index takes ${kibibytes(index.bytes)} KiB`);
  console.log(`     building it takes ${fastest(() => buildIndex(tools)).toFixed(0)} ms`);
}

const VERBS = ['list', 'get', 'create', 'update', 'delete', 'search', 'move', 'share', 'export', 'merge'];
const NOUNS = ['issue', 'file', 'message', 'invoice', 'calendar', 'deployment', 'customer', 'branch', 'ticket', 'page'];

function toolNumber(place) {
  const [verb, noun] = [VERBS[place % 10], NOUNS[Math.floor(place / 10) % 10]];
  return {
    key: `tool ${place}`,
    name: `${verb}_${noun}_${place}`,
    title: `${verb} a ${noun}`,
    description: `Use this to ${verb} one or more ${noun}s of a project. It answers with the ${noun} number ${place}, its owner and when it last changed, and fails where the token may not see it.`,
    inputSchema: {
      type: 'object',
      properties: { [`${noun}_id`]: { type: 'string', description: `Which ${noun}; see the list of ${noun}s.` } },
    },
    server: `server ${Math.floor(place / 50)}`,
  };
}

const scanFor = (texts, words) => texts.filter((text) => words.some((word) => text.includes(word))).slice(0, 20);
const kibibytes = (bytes) => Math.round(bytes / 1_024);

const fastest = (work) =>
  Math.min(
    ...Array.from({ length: 15 }, () => {
      const started = performance.now();
      work();
      return performance.now() - started;
    }),
  );
