import { reduce } from '../../../web/src/session/reducer.js';
import { emptySession } from '../../../web/src/session/state.js';
import { snapshot, Wire } from './frames.js';

describe('the model of a session', () => {
  test('another model is told where it was chosen, and a reply says by whom when that changes', () => {
    const wire = new Wire();
    const replies = ['one', 'one', 'two'].map((model, index) =>
      wire.durable('chat_message', { message_id: `m${index}`, sender: 'AGENT', text: 'x', timestamp: '', model }),
    );
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
});
