import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { answer, type Demo, plural, READS, Tag, WRITES } from '../demo.js';

const Counts = z.record(z.string(), z.int());

export function registerEffectTools(server: McpServer, demo: Demo): void {
  server.registerTool(
    'send_welcome_email',
    {
      title: 'Send welcome email',
      description: 'Sends a welcome email to a new user. In this demo it only lands in an outbox.',
      inputSchema: z.object({
        email: z.email().describe('Address of the user'),
        name: z.string().max(200).default('there').describe('How to greet the user'),
        tag: Tag,
      }),
      outputSchema: z.object({ to: z.string(), sent_at: z.string(), outbox_size: z.int() }),
      annotations: { ...WRITES, openWorldHint: true },
    },
    async ({ email, name, tag }) => {
      const mail = demo.state.addMail(email, name);
      demo.state.countEffect('send_welcome_email', tag);
      return answer(`Welcome email for ${email} is in the outbox.`, {
        to: mail.to,
        sent_at: mail.sent_at,
        outbox_size: demo.state.outbox.length,
      });
    },
  );

  server.registerTool(
    'count_effects',
    {
      title: 'Count effects',
      description: 'Counts the calls that wrote something, of one tag or of all.',
      inputSchema: z.object({ tag: z.string().max(200).optional().describe('Only calls with this tag') }),
      outputSchema: z.object({ total: z.int(), by_tool: Counts, by_tag: Counts }),
      annotations: READS,
    },
    async ({ tag }) => {
      const effects = demo.state.effects(tag);
      return answer(`${plural(effects.total, 'effect')}.`, effects);
    },
  );
}
