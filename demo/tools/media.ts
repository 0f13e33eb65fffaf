import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { dayOf, periodBefore } from '../data/dataset.js';
import { type Demo, READS } from '../demo.js';
import { barChartPng } from '../media/png.js';
import { toneWav } from '../media/wav.js';

export function registerMediaTools(server: McpServer, demo: Demo): void {
  server.registerTool(
    'make_image',
    {
      title: 'Make image',
      description: 'Draws a small bar chart image (PNG) of the signups per day.',
      inputSchema: z.object({
        width: z.int().min(16).max(640).default(280).describe('Pixels'),
        height: z.int().min(16).max(480).default(120).describe('Pixels'),
      }),
      annotations: READS,
    },
    async ({ width, height }) => {
      const values = periodBefore(demo.now(), 14).dates.map((date) => dayOf(date).signups.length);
      const data = barChartPng(values, width, height).toString('base64');
      return {
        content: [
          { type: 'text', text: 'Signups per day, the last 14 days.' },
          { type: 'image', data, mimeType: 'image/png' },
        ],
      };
    },
  );

  server.registerTool(
    'make_audio',
    {
      title: 'Make audio',
      description: 'Makes a short beep as an audio file (WAV).',
      inputSchema: z.object({ frequency: z.int().min(100).max(3000).default(440).describe('Hertz') }),
      annotations: READS,
    },
    async ({ frequency }) => ({
      content: [
        { type: 'text', text: `A beep of ${frequency} Hz.` },
        { type: 'audio', data: toneWav(frequency, 300).toString('base64'), mimeType: 'audio/wav' },
      ],
    }),
  );

  server.registerTool(
    'read_log',
    {
      title: 'Read log',
      description: 'Gives a link to the log of this demo server.',
      inputSchema: z.object({}),
      annotations: READS,
    },
    async () => ({
      content: [
        { type: 'text', text: `The log has ${demo.state.log.length} lines.` },
        { type: 'resource_link', uri: 'demo://log', name: 'demo.log', mimeType: 'text/plain' },
      ],
    }),
  );
}
