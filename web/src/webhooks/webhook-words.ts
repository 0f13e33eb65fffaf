export const EVENT_WORDS: Record<string, string> = {
  'approval.requested': 'something waits for a person',
  'approval.decided': 'a person decided, or it ended',
  'run.finished': 'a plan has run',
  'call.finished': 'a call that waited has run',
  'server.health_changed': 'a server came up or went down',
  'tool.changed': 'a definition is new or changed',
  'key.created': 'an API key was made',
  'key.revoked': 'an API key was revoked',
  'key.rotated': 'an API key was rotated',
};

export const EVENT_TYPES = Object.keys(EVENT_WORDS);

/** A receiver's check in a few lines (Standard Webhooks). */
export const verifySnippet = (secret: string): string => `// npm install standardwebhooks
import { Webhook } from 'standardwebhooks';

// body: the raw text of the request, before it is parsed. Throws unless it is ours and fresh.
const event = new Webhook('${secret}').verify(body, request.headers);`;
