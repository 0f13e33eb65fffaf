import { acceptedContent, inputRequired, inputResponse, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { answer, READS } from '../demo.js';

const Answer = z.object({ name: z.string().min(1).max(100).describe('Your name') });

/** One handler for both eras: the SDK turns the question into a 2025-era elicitation request where it has to. */
export function registerQuestionTools(server: McpServer): void {
  server.registerTool(
    'ask_name',
    {
      title: 'Ask name',
      description: 'Asks the person for their name with a form and greets them.',
      inputSchema: z.object({}),
      outputSchema: z.object({ action: z.enum(['accept', 'decline', 'cancel']), name: z.string().optional() }),
      annotations: READS,
    },
    async (_args, ctx) => {
      const accepted = acceptedContent(ctx.mcpReq.inputResponses, 'name', Answer);
      if (accepted) return answer(`Hello, ${accepted.name}.`, { action: 'accept', name: accepted.name });
      const response = inputResponse(ctx.mcpReq.inputResponses, 'name');
      if (response.kind === 'elicit' && response.action !== 'accept') {
        return answer('No name was given.', { action: response.action });
      }
      return inputRequired({
        inputRequests: { name: inputRequired.elicit({ message: 'What is your name?', requestedSchema: Answer }) },
      });
    },
  );
}
