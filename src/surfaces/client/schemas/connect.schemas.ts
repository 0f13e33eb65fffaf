import { AUTHS, CLIENTS, KINDS } from '@app/client-setups';
import { z } from 'zod';
import { type Connection, REACH_HINTS, type WantedConnection } from '../../../core/toolsets/connections.service.js';

export const ConnectQuery = z
  .strictObject({
    server: z.string().min(1).max(64).optional().meta({ description: 'The id or the handle of a server.' }),
    toolset: z.string().min(1).max(64).optional().meta({ description: 'The id or the handle of a toolset.' }),
  })
  .refine(({ server, toolset }) => server === undefined || toolset === undefined, 'names a server and a toolset')
  .transform((query): WantedConnection => query);

export const ConnectView = z
  .object({
    label: z.string(),
    name: z.string().meta({ description: 'As the files of clients have it.', example: 'switchyard' }),
    url: z.string().meta({ description: 'What clients connect to.', example: 'https://gate.example.com/mcp' }),
    hints: z.array(z.enum(REACH_HINTS)).meta({
      description:
        '`loopback`: only clients on the machine of this instance reach it. `no_tls`: clients may refuse to sign in without https.',
    }),
    setups: z.array(
      z.object({
        client: z.enum(CLIENTS),
        title: z.string(),
        auth: z.enum(AUTHS).meta({ description: '`oauth`: by signing in. `api_key`: by a key that you put in.' }),
        kind: z.enum(KINDS),
        text: z.string().meta({ description: 'Never with a secret in it.' }),
        path: z.string().optional().meta({ description: 'The file that it belongs into.' }),
        steps: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'Connect' });

export const toConnectView = ({ label, name, url, hints, setups }: Connection): z.infer<typeof ConnectView> => ({
  label,
  name,
  url,
  hints: [...hints],
  setups: setups.map(({ client, title, auth, kind, text, path, steps }) => ({
    client,
    title,
    auth,
    kind,
    text,
    ...(path !== undefined && { path }),
    steps: [...steps],
  })),
});
