import fc from 'fast-check';
import { aTool } from '../../../test/support/gemini/model-requests.js';
import { chooseTools, countTokens, fit } from './fitting.js';
import type { ModelMessage, NodeOutcome } from './language-model.port.js';

const outcome = (text: string): NodeOutcome => ({
  nodeId: 'node1',
  tool: 'read',
  title: 'Read',
  status: 'succeeded',
  arguments: {},
  text,
  structured: { rows: text },
  artifacts: [],
});
const user = (text: string): ModelMessage => ({ role: 'user', text });
const agent = (text: string): ModelMessage => ({ role: 'agent', text, nodes: [] });
const results = (text: string): ModelMessage => ({ role: 'results', outcomes: [outcome(text)] });
const long = 'x'.repeat(8_000);
const room = (contextTokens: number) => ({ contextTokens, maxOutputTokens: 500, maxFunctions: 127, maxTools: 500 });

describe('a history', () => {
  test('that fits stays as it is', () => {
    const history = [user('a'), agent('b'), user('c')];
    expect(fit(history, [], room(8_000))).toEqual({ history, tools: [], notes: [] });
  });

  test('loses the oldest outputs first, and says so', () => {
    const history = [user('a'), agent('one'), results(long), user('b'), agent('two'), results(long)];
    const { history: kept, notes } = fit(history, [], room(8_500));
    expect(kept.map(({ role }) => role)).toEqual(history.map(({ role }) => role));
    expect(JSON.stringify(kept[2]).length).toBeLessThan(600);
    expect(kept[5]).toEqual(history[5]);
    expect(notes).toEqual(['1 older output of tools is shortened to fit the model.']);
  });

  test('then loses its oldest turns, but never the last one', () => {
    const history = [user(long), agent(long), user(long), agent('two'), user('now')];
    const { history: kept, notes } = fit(history, [], room(4_000));
    expect(kept).toEqual([user('now')]);
    expect(notes).toEqual(['The oldest 4 messages are left out to fit the model.']);
  });

  test('of any kind ends with what is to be answered, and begins with a turn', () => {
    const message = fc.oneof(
      fc.string({ maxLength: 4_000 }).map(user),
      fc.string({ maxLength: 4_000 }).map(agent),
      fc.string({ maxLength: 4_000 }).map(results),
    );
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 2_000, max: 9_000 }),
        (all, size) => {
          const history = [user('first'), ...all];
          const { history: kept } = fit(history, [], room(size));
          expect(kept[0]?.role).toBe('user');
          expect(kept.at(-1)?.role).toBe(history.at(-1)?.role);
          expect(countTokens(kept)).toBeLessThanOrEqual(countTokens(history));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the tools of a server that has too many', () => {
  const many = Array.from({ length: 500 }, (_, index) =>
    aTool(`thing_${index}`, { description: `Does thing ${index}.` }),
  );
  const mail = aTool('send_mail', { description: 'Sends an email to somebody.' });
  const tools = [...many.slice(0, 400), mail, ...many.slice(400)];
  const choose = (text: string, history: ModelMessage[] = []) =>
    chooseTools(tools, [...history, user(text)], { maxFunctions: 20, maxTools: 20, tokens: 50_000 }).map(
      ({ name }) => name,
    );

  test('are those whose words fit the message, in their own order', () => {
    const chosen = choose('Please send emails to Ada');
    expect(chosen).toHaveLength(20);
    expect(chosen).toContain('send_mail');
    expect(chosen.indexOf('send_mail')).toBe(19);
  });

  test('keep one that is named, and one that was used before', () => {
    expect(choose('use thing_499')).toContain('thing_499');
    const node = { key: 'a', title: '', tool: 'thing_321', serverId: 'mcp_1', arguments: {}, dependsOn: [] };
    expect(choose('go on', [{ role: 'agent', text: '', nodes: [node] }])).toContain('thing_321');
  });

  test('are all offered where there is room, those first that are to be declared whole', () => {
    const offered = fit([user('send mail')], tools, { ...room(100_000), maxFunctions: 20, maxTools: 600 });
    expect(offered.notes).toEqual([]);
    expect(new Set(offered.tools)).toEqual(new Set(tools));
    const places = offered.tools.map((tool) => tools.indexOf(tool));
    expect(places.slice(0, 20)).toContain(tools.indexOf(mail));
    for (const part of [places.slice(0, 20), places.slice(20)]) expect(part).toEqual(part.toSorted((a, b) => a - b));
  });

  test('cost no more than a line each where they are told in short', () => {
    const large = { type: 'object', properties: { a: { type: 'string', description: 'x'.repeat(8_000) } } };
    const heavy = tools.map((tool) => ({ ...tool, inputSchema: large }));
    const offered = fit([user('send mail')], heavy, { ...room(600_000), maxFunctions: 20, maxTools: 600 });
    expect(offered.tools).toHaveLength(tools.length);
  });

  test('are bounded by their size as well, and the note says how many there are', () => {
    const { tools: chosen, notes } = fit([user('send mail')], tools, room(8_000));
    expect(chosen.length).toBeLessThan(127);
    expect(chosen).toContain(mail);
    expect(notes[0]).toMatch(/Of the 501 tools only the \d+ that fit/);
  });
});
