import { z } from 'zod';

/** The shapes that the Client API's document prints. A member that it does not print is allowed everywhere. */
const timestamp = z.iso.datetime();
const text = z.string().min(1);

export const Health = z.looseObject({ status: z.literal('ok'), ts: timestamp });
export const OtpSent = z.looseObject({ status: z.literal('sent'), cooldown_sec: z.number() });

export const User = z.looseObject({
  id: text,
  username: text,
  email: text,
  created_at: timestamp,
  updated_at: timestamp,
});

export const Tokens = z.looseObject({ access_token: text, refresh_token: text });
export const SignedIn = Tokens.extend({ is_new_user: z.boolean(), user: User });

export const McpServer = z.looseObject({
  id: text,
  name: text,
  url: text,
  auth_method: z.enum(['none', 'api_key', 'oauth']),
  status: z.enum(['online', 'offline', 'error']),
  timeout: z.number(),
  ssl_verify: z.boolean(),
  created_at: timestamp,
  updated_at: timestamp,
});

export const McpServerList = z.looseObject({ servers: z.array(McpServer), next: z.string().optional() });
export const Deleted = z.looseObject({ status: z.literal('deleted') });
export const TestPassed = z.looseObject({ status: z.literal('success'), message: text });

export const ServerStatus = z.looseObject({
  status: z.enum(['online', 'offline']),
  latency: z.number().optional(),
  last_checked: timestamp,
});

/** `application/problem+json`, which the document leaves open. */
export const Problem = z.looseObject({ status: z.number(), code: text, detail: text });

/** The payloads of the messages from the server, by `type`. */
export const MESSAGES = {
  connection_status: z.looseObject({
    status: z.literal('online'),
    latency: z.number(),
    model: text,
    memory: z.looseObject({ used: z.number(), total: z.number() }),
  }),
  chat_message: z.looseObject({ sender: z.enum(['AGENT', 'USER', 'SYSTEM']), text, timestamp }),
  task_graph_proposal: z.looseObject({
    nodes: z
      .array(
        z.looseObject({
          id: text,
          title: text,
          content: text,
          status: z.literal('pending'),
          position: z.looseObject({ x: z.number(), y: z.number() }),
          depends_on: z.array(text).optional(),
        }),
      )
      .min(1),
  }),
  log_entry: z.looseObject({ timestamp, level: text, message: text }),
  artifact_generated: z.looseObject({
    name: text,
    url: z.string().regex(/^\/api\/artifacts\/download\/[^/?]+$/),
    content_type: text,
    size: z.number().positive(),
  }),
} as const;

export type MessageType = keyof typeof MESSAGES;
