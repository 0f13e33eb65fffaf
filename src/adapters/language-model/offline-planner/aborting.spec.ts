import { demoTools } from '../../../../test/fixtures/model-tools.js';
import type { ModelRequest } from '../../../core/agent/language-model.port.js';
import { OfflinePlanner } from './offline-planner.js';

test('an aborted request stops', async () => {
  const request: ModelRequest = {
    history: [{ role: 'user', text: 'help' }],
    tools: await demoTools(),
    wordsOnly: false,
    limits: { maxNodes: 20, maxOutputTokens: 1 },
    now: new Date(0),
  };
  const stop = new AbortController();
  const heard: string[] = [];
  const respond = new OfflinePlanner().respond(request, {
    signal: stop.signal,
    onDelta: (delta) => {
      heard.push(delta);
      stop.abort(new Error('stopped'));
    },
  });
  await expect(respond).rejects.toThrow('stopped');
  expect(heard).toHaveLength(1);
});
