import {
  acceptedContent,
  type CallToolResult,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  McpServer,
  type ServerContext,
  type ToolAnnotations,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { resultsOfFiles, registerFileResources } from './files.js';
import type { UpstreamMemory } from './upstream-memory.js';

const READ: ToolAnnotations = { readOnlyHint: true, openWorldHint: false };
const WRITE: ToolAnnotations = { readOnlyHint: false, destructiveHint: false, idempotentHint: false };
const SAFE_WRITE: ToolAnnotations = { ...WRITE, idempotentHint: true };
const DESTROY: ToolAnnotations = { readOnlyHint: false, destructiveHint: true };

/** Tells calls of one test from those of another. */
const label = z.string().max(200).default('');
const Label = z.object({ label });
const Form = z.object({ name: z.string().min(2).max(40).describe('Your name'), age: z.int().min(0).optional() });

type Args = Record<string, unknown> & { label: string };
type Answer = CallToolResult | InputRequiredResult;
type Work = (args: Args, context: ServerContext, memory: UpstreamMemory) => Answer | Promise<Answer>;

interface ScriptedTool {
  title: string;
  input: z.ZodObject;
  output?: z.ZodObject;
  annotations: ToolAnnotations;
  work: Work;
}

const say = (text: string, structuredContent?: Record<string, unknown>): CallToolResult => ({
  content: [{ type: 'text', text }],
  ...(structuredContent && { structuredContent }),
});

const hold: Work = async ({ label: name }, { mcpReq }, memory) => {
  await memory.held(mcpReq.signal);
  return say(`Held ${name}.`, { label: name });
};

const TOOLS: Record<string, ScriptedTool> = {
  read: {
    title: 'Read rows',
    input: z.object({ label, rows: z.int().min(0).max(50_000).default(2) }),
    output: z.object({ label: z.string(), rows: z.array(z.object({ id: z.int(), name: z.string() })) }),
    annotations: READ,
    work: ({ label: name, rows }) => {
      const list = Array.from({ length: Number(rows) }, (_, index) => ({ id: index + 1, name: `row ${index + 1}` }));
      return say(`${list.length} rows.`, { label: name, rows: list });
    },
  },
  write: {
    title: 'Write a line',
    input: z.object({ label, text: z.string().min(1).max(10_000), copies: z.int().min(1).max(9).optional() }),
    annotations: WRITE,
    work: ({ label: name, text }, _context, memory) =>
      say(`Wrote ${String(text)}.`, { written: text, count: memory.count('write', name) }),
  },
  write_rows: {
    title: 'Write rows',
    input: z.object({ label, rows: z.array(z.object({ id: z.int(), name: z.string() })).max(3) }),
    annotations: WRITE,
    work: ({ rows }) => say(`Wrote ${(rows as unknown[]).length} rows.`),
  },
  erase: { title: 'Erase all', input: Label, annotations: DESTROY, work: () => say('Erased.') },
  hold: { title: 'Hold', input: Label, annotations: READ, work: hold },
  hold_write: { title: 'Hold and write', input: Label, annotations: WRITE, work: hold },
  hold_safe_write: { title: 'Hold and write safely', input: Label, annotations: SAFE_WRITE, work: hold },
  fail: {
    title: 'Fail',
    input: Label,
    annotations: READ,
    work: () => ({ ...say('It cannot be done.\nsecond line'), isError: true }),
  },
  flaky: {
    title: 'Flaky',
    input: Label,
    annotations: WRITE,
    work: ({ label: name }, _context, memory) =>
      memory.mayFail(name) ? { ...say('Not yet.'), isError: true } : say('Now it worked.'),
  },
  chatter: {
    title: 'Chatter',
    input: z.object({ label, lines: z.int().min(1).max(1_000) }),
    annotations: READ,
    work: async ({ lines }, { mcpReq }) => {
      for (let line = 1; line <= Number(lines); line += 1) await mcpReq.log('info', `line ${line}`, 'chatter');
      return say(`${String(lines)} lines.`);
    },
  },
  ask: {
    title: 'Ask',
    input: Label,
    annotations: WRITE,
    work: (_args, { mcpReq }) => {
      const accepted = acceptedContent(mcpReq.inputResponses, 'who', Form);
      if (accepted) return say(`Hello, ${accepted.name}.`, { action: 'accept', ...accepted });
      const response = inputResponse(mcpReq.inputResponses, 'who');
      if (response.kind === 'elicit' && response.action !== 'accept') {
        return say(`No name: ${response.action}.`, { action: response.action });
      }
      return inputRequired({
        inputRequests: { who: inputRequired.elicit({ message: 'Who are you?', requestedSchema: Form }) },
      });
    },
  },
  make_files: {
    title: 'Make files',
    input: z.object({ label, kind: z.string() }),
    annotations: READ,
    work: ({ kind }) => resultsOfFiles(String(kind)),
  },
};

/** For one request; what it remembers is in `memory`. */
export function createScriptedServer(memory: UpstreamMemory): McpServer {
  const server = new McpServer({ name: 'scripted', version: '1.0.0' }, { capabilities: { logging: {} } });
  for (const [name, { title, input, output, annotations, work }] of Object.entries(TOOLS)) {
    if (!memory.has(name)) continue;
    const description = memory.descriptions.get(name) ?? `${title}, as a test wants it.`;
    server.registerTool(
      name,
      { title, description, inputSchema: input, annotations, ...(output && { outputSchema: output }) },
      async (args, context) => {
        const given = args as Args;
        const isAnswer = context.mcpReq.inputResponses !== undefined;
        if (!isAnswer)
          memory.begin({
            tool: name,
            arguments: given,
            meta: context.mcpReq._meta,
            signal: context.mcpReq.signal,
          });
        return work(given, context, memory);
      },
    );
  }
  registerFileResources(server);
  return server;
}
