import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { answer, type Demo, failure, plural, READS, Tag, WRITES } from '../demo.js';

const Note = z.object({ id: z.int(), text: z.string(), created_at: z.string() });

export function registerNoteTools(server: McpServer, demo: Demo): void {
  server.registerTool(
    'create_note',
    {
      title: 'Create note',
      description: 'Creates a note with the given text.',
      inputSchema: z.object({ text: z.string().min(1).max(4000).describe('What the note says'), tag: Tag }),
      outputSchema: z.object({ note: Note }),
      annotations: WRITES,
    },
    async ({ text, tag }) => {
      const note = demo.state.addNote(text);
      demo.state.countEffect('create_note', tag);
      return answer(`Note ${note.id} created.`, { note });
    },
  );

  server.registerTool(
    'list_notes',
    {
      title: 'List notes',
      description: 'Lists all notes, oldest first.',
      inputSchema: z.object({}),
      outputSchema: z.object({ notes: z.array(Note), count: z.int() }),
      annotations: READS,
    },
    async () => {
      const notes = [...demo.state.notes.values()];
      return answer(`${plural(notes.length, 'note')}.`, { notes, count: notes.length });
    },
  );

  server.registerTool(
    'delete_note',
    {
      title: 'Delete note',
      description: 'Deletes a note for good, by its number.',
      inputSchema: z.object({ id: z.int().min(1).describe('Number of the note'), tag: Tag }),
      annotations: { ...WRITES, destructiveHint: true },
    },
    async ({ id, tag }) => {
      if (!demo.state.notes.delete(id)) return failure(`There is no note ${id}.`);
      demo.state.countEffect('delete_note', tag);
      return answer(`Note ${id} deleted.`);
    },
  );
}
