import { defaultBrain } from '../../support/gemini/default-brain.js';
import { plan, type Reply, safetyBlock, text, hang } from '../../support/gemini/replies.js';
import type { WireRequest } from '../../support/gemini/wire.js';

export interface PuppetNode {
  key: string;
  tool: string;
  title?: string;
  arguments?: Record<string, unknown>;
  depends_on?: string[];
}

/** What a message makes the model do; sent as JSON. */
export interface Puppetry {
  plan?: PuppetNode[];
  /** What it proposes after the plan was refused; else the same again. */
  mended?: PuppetNode[];
  /** Words, alone or before the plan. */
  say?: string;
  /** Begins to answer and never ends. */
  hang?: string;
  /** Refuses so often, then does the rest. */
  refuse?: number;
}

/** A model on strings: the message itself says what to answer. Results become words, as with the default brain. */
export function createPuppetBrain(): (request: WireRequest) => Reply {
  const refused = new Map<string, number>();
  return (request) => {
    const message = request.contents.at(-1)?.parts.at(-1)?.text;
    if (message === undefined) return answerResults(request);
    const wanted = parse(message);
    const times = refused.get(message) ?? 0;
    if (times < (wanted.refuse ?? 0)) {
      refused.set(message, times + 1);
      return safetyBlock();
    }
    if (wanted.hang !== undefined) return hang(wanted.hang);
    if (wanted.plan) return plan(wanted.plan, wanted.say);
    return text(wanted.say ?? `You said: ${message}`);
  };
}

function answerResults(request: WireRequest): Reply {
  const answers = JSON.stringify(request.contents.at(-1));
  const wasRefused = answers.includes('"status":"refused') || answers.includes('could not use this call');
  if (!wasRefused) return defaultBrain(request);
  const asked = request.contents.filter(({ role }) => role === 'user').findLast(({ parts }) => parts.at(-1)?.text);
  const { mended, plan: same } = parse(asked?.parts.at(-1)?.text ?? '');
  return plan(mended ?? same ?? []);
}

function parse(message: string): Puppetry {
  try {
    return JSON.parse(message) as Puppetry;
  } catch {
    return {};
  }
}
