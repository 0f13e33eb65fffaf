import type { Place } from '../eras/era-client.js';
import type { SeenCall, UpstreamMemory } from '../upstreams/upstream-memory.js';
import { LegacyProgram } from './legacy-program.js';
import { ModernProgram } from './modern-program.js';

export interface Opened {
  session: LegacyProgram;
  modern: ModernProgram;
  /** As its server has it. */
  call: SeenCall;
  /** Once nothing of it is open any more. */
  ended: Promise<unknown>;
}

/** All that a client may have open at a process: a stream of each era, and a call that its server holds. */
export async function openAll(place: Place, memory: UpstreamMemory): Promise<Opened> {
  const session = await LegacyProgram.begin(place);
  const modern = new ModernProgram(place);
  const [stream, listening] = [await session.listen(), await modern.listen({ toolsListChanged: true })];
  if (stream.status !== 200 || listening.status !== 200) {
    throw new Error(`No streams: ${stream.status}, ${listening.status}`);
  }
  const label = `open ${Math.random()}`;
  const [tool = ''] = (await modern.tools()).filter((name) => name.endsWith('__hold'));
  const calling = modern.call(tool, { label }).catch(() => undefined);
  const call = await memory.called('hold', label);
  return { session, modern, call, ended: Promise.all([stream.ended, listening.ended, calling]) };
}
