import { reduce } from '../../../web/src/session/reducer.js';
import { emptySession } from '../../../web/src/session/state.js';
import { snapshot, Wire } from './frames.js';

let count = 0;
const reply = (wire: Wire, model: string, instead_of?: string) =>
  wire.durable('chat_message', {
    message_id: `m${count++}`,
    sender: 'AGENT',
    text: 'x',
    timestamp: '',
    model,
    ...(instead_of === undefined ? {} : { instead_of }),
  });

describe('the model of a session', () => {
  test('another model is told where it was chosen, and a reply says by whom when that changes', () => {
    const wire = new Wire();
    const replies = ['one', 'one', 'two'].map((model) => reply(wire, model));
    const chosen = wire.durable('session_updated', { title: 'T', model: 'openai:two', model_name: 'two' });
    const renamed = wire.durable('session_updated', { title: 'Another' });
    const frames = [wire.passing('session_snapshot', snapshot(0)), ...replies, chosen, renamed];
    const state = frames.reduce(reduce, emptySession('s'));
    const models = state.items.flatMap((item) => (item.kind === 'message' ? [item.model] : []));
    expect(models).toEqual([undefined, undefined, 'two']);
    expect(state.items.filter(({ kind }) => kind === 'model')).toMatchObject([{ name: 'two' }]);
    expect(state.connection).toMatchObject({ model: 'two', model_id: 'openai:two', latency: 3 });
    expect(state.title).toBe('Another');
  });

  test('a stand-in is named each time, whoever spoke before; the chosen model only where the choice was not just told', () => {
    const wire = new Wire();
    const chosen = (name: string) => wire.durable('session_updated', { title: 'T', model: name, model_name: name });
    const frames = [
      wire.passing('session_snapshot', snapshot(0)),
      reply(wire, 'two', 'one'),
      reply(wire, 'two', 'one'),
      reply(wire, 'one'),
      chosen('three'),
      reply(wire, 'one', 'three'),
      reply(wire, 'three'),
    ];
    const { items } = frames.reduce(reduce, emptySession('s'));
    const told = items.flatMap((item) => (item.kind === 'message' ? [[item.model, item.instead_of]] : []));
    expect(told).toEqual([
      ['two', 'one'],
      ['two', 'one'],
      [undefined, undefined],
      ['one', 'three'],
      [undefined, undefined],
    ]);
  });
});
