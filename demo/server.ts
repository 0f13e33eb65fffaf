import { McpServer } from '@modelcontextprotocol/server';
import type { Demo } from './demo.js';
import { registerPrompts, registerResources } from './resources.js';
import { registerBehaviourTools } from './tools/behaviours.js';
import { registerEffectTools } from './tools/effects.js';
import { registerMediaTools } from './tools/media.js';
import { registerNoteTools } from './tools/notes.js';
import { registerQuestionTools } from './tools/questions.js';
import { registerReportTools } from './tools/reports.js';
import { registerSignupTools } from './tools/signups.js';

/** One server instance for one request (2026 era) or one session (2025 era); what it remembers is in `demo`. */
export function createDemoServer(demo: Demo): McpServer {
  const server = new McpServer(
    { name: 'switchyard-demo', title: 'Switchyard demo', version: '1.0.0' },
    {
      capabilities: { logging: {} },
      instructions:
        'Sample data of an invented product: signups and traffic, reports, notes, and tools that misbehave.',
    },
  );
  registerSignupTools(server, demo);
  registerReportTools(server, demo);
  registerNoteTools(server, demo);
  registerEffectTools(server, demo);
  registerBehaviourTools(server, demo);
  registerQuestionTools(server);
  registerMediaTools(server, demo);
  registerResources(server, demo);
  registerPrompts(server);
  return server;
}
