import type { Tool } from '../api/types.js';
import { Icon } from '../ui/icons.js';
import { awaitsDecision, STATE_WORDS, stateOf } from './tool-words.js';

/** How far a tool is trusted; amber only while it waits for a person. */
export function StateChip({ tool }: { tool: Tool }) {
  const state = stateOf(tool);
  const { word, icon, means } = STATE_WORDS[state];
  const waits = awaitsDecision(tool);
  return (
    <span className={waits ? 'tag tag-you' : 'tag'} data-state={state} title={means}>
      <Icon name={icon} size={9} /> {word}
      {tool.quarantined === true && ', quarantined'}
    </span>
  );
}
