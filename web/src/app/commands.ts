import { call } from '../api/http.js';
import { accountQuery } from '../api/identity-queries.js';
import { queryClient, serversQuery } from '../api/queries.js';
import type { McpServer, Session } from '../api/types.js';
import { dismissFirstRun } from '../home/first-run.js';
import type { Command, CommandContext, Option, Reply } from './command.js';
import { distance, fuzzy } from './fuzzy.js';
import { goTo } from './go-to.js';
import { identityCommands } from './identity-commands.js';
import { DENSITIES, setLook, THEMES, useLook } from './look.js';
import { nodeCommands } from './node-commands.js';
import { sessionCommands } from './session-commands.js';
import { closeOverlay, openOverlay, showPane, useUi } from './ui-state.js';

const values = (list: readonly string[]) => (): Option[] => list.map((value) => ({ value, help: '' }));

export function knownServers(): McpServer[] {
  return queryClient.getQueryData(serversQuery.queryKey)?.pages.flatMap((page) => page.servers) ?? [];
}

const serverOptions = (): Option[] => knownServers().map(({ name, url }) => ({ value: name, help: url }));

export async function openSession(go: (to: string) => void, serverId: string): Promise<void> {
  const session = await call<Session>('POST', '/sessions', { body: { server_id: serverId } });
  void queryClient.invalidateQueries({ queryKey: ['sessions'] });
  go(`/s/${session.id}`);
}

async function openOn({ live, go }: CommandContext, name: string): Promise<Reply> {
  const wanted = name.trim().toLowerCase();
  // A page that needs no servers has not asked for them.
  const { pages } = await queryClient.ensureInfiniteQueryData(serversQuery);
  const servers = pages.flatMap((page) => page.servers);
  const named = servers.find((one) => one.name.toLowerCase() === wanted);
  const id = wanted === '' ? (live?.serverId ?? servers[0]?.id) : named?.id;
  if (id === undefined)
    return { error: wanted === '' ? 'There is no server yet.' : `There is no server ${name.trim()}.` };
  await openSession(go, id);
  return undefined;
}

function choose<Value extends string>(list: readonly Value[], argument: string, apply: (value: Value) => void): Reply {
  const value = list.find((one) => one === argument.trim());
  if (value === undefined) return { error: `One of ${list.join(', ')}.` };
  apply(value);
  return undefined;
}

function next<Value>(list: readonly Value[], value: Value): Value {
  return list[(list.indexOf(value) + 1) % list.length] ?? value;
}

const generalCommands: Command[] = [
  {
    id: 'palette',
    title: 'Command palette',
    help: 'Everything that can be done here',
    keys: { place: 'anywhere', names: ['Mod+K'] },
    hidden: true,
    run: () => {
      const open = useUi.getState().overlay.kind === 'palette';
      if (open) closeOverlay();
      else openOverlay({ kind: 'palette', query: '' });
      return undefined;
    },
  },
  {
    id: 'help',
    title: 'Keys and commands',
    help: 'Opens this overview; "start" brings the first-run list back',
    slash: ['help', 'keys'],
    args: '[start]',
    keys: { place: 'anywhere', names: ['?'] },
    run: ({ go }, argument) => {
      if (argument.trim() === 'start') {
        dismissFirstRun(false);
        go('/');
      } else openOverlay({ kind: 'help' });
      return undefined;
    },
  },
  {
    id: 'new',
    title: 'New session',
    help: 'Starts a session, on the named server or this one',
    slash: ['new'],
    args: '[server]',
    complete: serverOptions,
    run: openOn,
  },
  {
    id: 'server',
    title: 'Open a session on another server',
    help: 'Starts a session on the named server',
    slash: ['server'],
    args: '<server>',
    complete: serverOptions,
    hidden: true,
    run: (context, argument) => (argument.trim() === '' ? { error: 'Name a server.' } : openOn(context, argument)),
  },
  {
    id: 'test',
    title: "Check this session's server",
    help: 'Runs the checks again',
    slash: ['test'],
    inSession: true,
    run: ({ live, go }) => {
      go(`/servers/${live?.serverId ?? ''}?check=1`);
      return undefined;
    },
  },
  {
    id: 'sessions',
    title: 'Recent sessions',
    help: 'Find a session by its title',
    slash: ['sessions'],
    run: () => {
      openOverlay({ kind: 'palette', query: 'session ' });
      return undefined;
    },
  },
  goTo({ id: 'home', title: 'Home', to: '/', letter: 'h', slash: 'home' }),
  goTo({ id: 'servers', title: 'Servers', to: '/servers', letter: 's', slash: 'servers' }),
  goTo({ id: 'approvals', title: 'Approvals: what waits for you', to: '/approvals', letter: 'a', slash: 'approvals' }),
  goTo({ id: 'catalogue', title: 'Catalogue of services', to: '/catalogue', letter: 't', slash: 'catalogue' }),
  goTo({
    id: 'connect',
    title: 'Connect a client: editors, assistants, agents',
    to: '/connect',
    letter: 'c',
    slash: 'connect',
  }),
  goTo({
    id: 'toolsets',
    title: 'Toolsets: some tools at an address of their own',
    to: '/toolsets',
    letter: 'w',
    slash: 'toolsets',
  }),
  goTo({ id: 'request-logs', title: 'Request logs', to: '/logs', letter: 'l', slash: 'requests' }),
  goTo({ id: 'usage', title: 'Usage and cost of models', to: '/usage', letter: 'u', slash: 'usage' }),
  goTo({ id: 'settings', title: 'Settings', to: '/settings', letter: ',', slash: 'settings' }),
  {
    id: 'add-server',
    title: 'Add a server',
    help: 'Paste a URL, mcp.json or a claude mcp add line',
    slash: ['add'],
    needs: 'servers.create',
    run: ({ go }) => {
      go('/servers/new');
      return undefined;
    },
  },
  {
    id: 'composer',
    title: 'Write a message',
    help: 'Focus the composer with / typed',
    keys: { place: 'anywhere', names: ['/'] },
    inSession: true,
    hidden: true,
    run: () => {
      useUi.setState({ compose: { text: '/', at: performance.now() }, pane: 'transcript' });
      return undefined;
    },
  },
  {
    id: 'transcript',
    title: 'Show the transcript',
    help: 'Focus the transcript',
    slash: ['chat'],
    inSession: true,
    run: () => {
      showPane('transcript');
      return undefined;
    },
  },
  {
    id: 'theme',
    title: 'Next theme',
    help: THEMES.join(', '),
    slash: ['theme'],
    args: '[name]',
    complete: values(THEMES),
    run: (_context, argument) => {
      if (argument.trim() !== '') return choose(THEMES, argument, (theme) => setLook({ theme }));
      setLook({ theme: next(THEMES, useLook.getState().theme) });
      return undefined;
    },
  },
  {
    id: 'density',
    title: 'Change density',
    help: DENSITIES.join(', '),
    slash: ['density'],
    args: `[${DENSITIES.join('|')}]`,
    complete: values(DENSITIES),
    run: (_context, argument) => {
      if (argument.trim() !== '') return choose(DENSITIES, argument, (density) => setLook({ density }));
      setLook({ density: next(DENSITIES, useLook.getState().density) });
      return undefined;
    },
  },
  {
    id: 'font',
    title: 'Change the face of agent prose',
    help: 'mono or reading',
    slash: ['font'],
    args: '[mono|reading]',
    complete: values(['mono', 'reading']),
    run: (_context, argument) => {
      const reading = { mono: 'mono', reading: 'sans' } as const;
      const now = useLook.getState().reading;
      if (argument.trim() === '') setLook({ reading: now === 'mono' ? 'sans' : 'mono' });
      else return choose(['mono', 'reading'] as const, argument, (face) => setLook({ reading: reading[face] }));
      return undefined;
    },
  },
  {
    id: 'sign-out',
    title: 'Sign out',
    help: 'Ends this sign-in and clears drafts',
    slash: ['sign-out', 'logout'],
    run: ({ signOut }) => {
      signOut();
      return undefined;
    },
  },
];

export const COMMANDS: readonly Command[] = [
  ...generalCommands,
  ...identityCommands,
  ...sessionCommands,
  ...nodeCommands,
];

/** Whether it is offered: here, and to this person. */
export function isOffered({ inSession, needs }: Command, live: boolean): boolean {
  if (inSession && !live) return false;
  const account = queryClient.getQueryData(accountQuery.queryKey);
  return needs === undefined || account === undefined || account.may.includes(needs);
}

export function commandById(id: string): Command | undefined {
  return COMMANDS.find((command) => command.id === id);
}

/** Slash commands whose name, alias or help fits what was typed after the slash, best first. */
export function matchSlash(word: string, inSession: boolean): Command[] {
  const scored = COMMANDS.flatMap((command) => {
    if (!command.slash || !isOffered(command, inSession)) return [];
    const names = command.slash.map((name) => fuzzy(word, name));
    const best = Math.max(...names.map((score) => score ?? -1), (fuzzy(word, command.help) ?? -501) - 500);
    return best < 0 ? [] : [{ command, best }];
  });
  return scored.sort((left, right) => right.best - left.best).map(({ command }) => command);
}

export function slashCommand(name: string): Command | undefined {
  return COMMANDS.find((command) => command.slash?.includes(name));
}

/** For a name that is no command. */
export function unknownSlash(name: string): string {
  const names = COMMANDS.flatMap((command) => command.slash ?? []);
  const [near] = names.map((one) => ({ one, far: distance(name, one) })).sort((a, b) => a.far - b.far);
  return `Unknown command /${name}.${near && near.far <= 2 ? ` Did you mean /${near.one}?` : ''}`;
}
