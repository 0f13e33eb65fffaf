import fc from 'fast-check';
import { buildIndex, joinIndexes, search, type SearchableTool } from '../src/index.js';
import { manyTools, tool } from './tools.js';

const find = (tools: readonly SearchableTool[], query: string, limit = 10) =>
  search(buildIndex(tools), query, { limit }).map(({ key }) => key);

describe('a tool is found by', () => {
  test('the words of its name, however they are joined', () => {
    const tools = ['listOpenIssues', 'list_open_pulls', 'list-open-boards', 'HTTPServerPing'].map((name) => tool(name));
    expect(find(tools, 'issues')).toEqual(['listOpenIssues']);
    expect(find(tools, 'open pulls')[0]).toBe('list_open_pulls');
    expect(find(tools, 'OPEN_BOARDS')[0]).toBe('list-open-boards');
    expect(find(tools, 'server')).toEqual(['HTTPServerPing']);
  });

  test('its title, description, server, parameters and what is said of these', () => {
    const tools = [
      tool('a', { title: 'Weather forecast' }),
      tool('b', { description: 'Tells the barometric pressure.' }),
      tool('c', { server: 'Meteo Office' }),
      tool('d', { inputSchema: { properties: { cloudCover: { type: 'number' } } } }),
      tool('e', { inputSchema: { properties: { x: { properties: { y: { description: 'Humidity of the air.' } } } } } }),
      tool('f', { inputSchema: { properties: { x: { anyOf: [{ type: 'null' }, { description: 'Dew point.' }] } } } }),
    ];
    const queries = ['forecast', 'pressure', 'meteo', 'cloud', 'humidity', 'dew'];
    expect(queries.map((query) => find(tools, query))).toEqual([['a'], ['b'], ['c'], ['d'], ['e'], ['f']]);
  });

  test('one word for several, without diacritics and case, and by the beginning of the last word', () => {
    const tools = [tool('delete_repositories'), tool('übersetze_café'), tool('add_boxes')];
    expect(find(tools, 'repository')).toEqual(['delete_repositories']);
    expect(find(tools, 'Ubersetze')).toEqual(['übersetze_café']);
    expect(find(tools, 'CAFÉS')).toEqual(['übersetze_café']);
    expect(find(tools, 'box')).toEqual(['add_boxes']);
    expect(find(tools, 'delete repo')).toEqual(['delete_repositories']);
    expect(find(tools, 'repo delete')).toEqual(['delete_repositories']);
    expect(find(tools, 'repo nothing')).toEqual([]);
  });

  test('each character of writing without spaces', () => {
    expect(find([tool('a', { description: '天気予報' }), tool('b', { description: '株価' })], '天気')).toEqual(['a']);
  });
});

describe('what comes first', () => {
  test('is what is named so, before what only speaks of it', () => {
    const tools = [
      tool('remove_user', { description: 'The opposite of create issue: issues, issues and issues to create.' }),
      tool('create_issue', { description: 'Opens one.' }),
      tool('create_issue_comment', { description: 'Says something about an issue.' }),
    ];
    expect(find(tools, 'create issue')).toEqual(['create_issue', 'create_issue_comment', 'remove_user']);
  });

  test('is what has more of the words, and the rarer ones', () => {
    const tools = [...manyTools(200), tool('list_zebra')];
    expect(find(tools, 'list zebra')[0]).toBe('list_zebra');
  });

  test('is the smaller name among equals, whatever the order in which they came', () => {
    const names = ['run_c', 'run_a', 'run_d', 'run_b'];
    const once = find(
      names.map((name) => tool(name)),
      'run',
      3,
    );
    expect(once).toEqual(['run_a', 'run_b', 'run_c']);
    expect(
      find(
        names.reverse().map((name) => tool(name)),
        'run',
        3,
      ),
    ).toEqual(once);
  });
});

test('nothing is found for nothing, of nothing, and where nothing is wanted', () => {
  expect(find([tool('a')], '')).toEqual([]);
  expect(find([tool('a')], ' ;- ')).toEqual([]);
  expect(find([], 'a')).toEqual([]);
  expect(find([tool('a')], 'a', 0)).toEqual([]);
});

test('what may not be found takes no place', () => {
  const index = buildIndex(manyTools(500));
  const all = search(index, 'list issue', { limit: 50 });
  const some = search(index, 'list issue', { limit: 5, accepts: (key) => key.endsWith('1') || key.endsWith('0') });
  expect(some.map(({ key }) => key)).toEqual(
    search(index, 'list issue', { limit: 500 })
      .map(({ key }) => key)
      .filter((key) => /[01]$/.test(key))
      .slice(0, 5),
  );
  expect(all).toHaveLength(50);
});

test('parts that are joined answer as one index of all does', () => {
  const tools = manyTools(600);
  const whole = buildIndex(tools);
  const joined = joinIndexes([
    buildIndex(tools.slice(0, 100)),
    buildIndex(tools.slice(100, 101)),
    buildIndex(tools.slice(101)),
  ]);
  for (const query of ['list issues', 'del', 'invoice of a customer in stripe', 'branch 17']) {
    const found = search(joined, query, { limit: 20 });
    const isIn = (key: string) =>
      [0, 100, 101].findLastIndex((from) => tools.findIndex((one) => one.key === key) >= from);
    expect(found).toEqual(search(whole, query, { limit: 20 }).map((one) => ({ ...one, part: isIn(one.key) })));
  }
  expect(joined.size).toBe(600);
});

test('any texts are taken: what is found is there, the scores fall, and a limit is kept', () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('list_issues', 'a'.repeat(500)));
  const any = fc.record({ name: text, title: text, description: text, server: text, inputSchema: fc.anything() });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 12 }), text, fc.nat(15), (given, query, limit) => {
      const tools = given.map((one, place) => ({ ...one, key: String(place) }));
      const found = search(buildIndex(tools), query, { limit });
      expect(found.length).toBeLessThanOrEqual(limit);
      expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
      for (const { key, score } of found) {
        expect(tools[Number(key)]).toBeDefined();
        expect(score).toBeGreaterThan(0);
      }
      expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a));
      expect(search(buildIndex(tools), query, { limit })).toEqual(found);
    }),
  );
});

test('each word of the name of a tool finds it', () => {
  const tools = manyTools(300);
  const index = buildIndex(tools);
  fc.assert(
    fc.property(fc.nat(299), fc.nat(2), (place, part) => {
      const word = tools[place]?.name.split('_')[part] ?? '';
      const found = search(index, word, { limit: 300 }).map(({ key }) => key);
      expect(found).toContain(tools[place]?.key);
    }),
  );
});

describe('at 5,000 tools', () => {
  const tools = manyTools(5_000);
  const index = buildIndex(tools);

  test('the index tells its memory, which is less than that of what it was made of', () => {
    const texts = tools.reduce((sum, one) => sum + JSON.stringify(one).length, 0);
    expect(index.bytes).toBeGreaterThan(0);
    expect(index.bytes).toBeLessThan(texts);
  });
});
