import { queryClient } from '../api/queries.js';
import type { Session } from '../api/types.js';
import { LEVELS } from '../console/log-filter.js';
import type { Command, CommandContext, Option, Reply } from './command.js';
import { PLAN_VIEWS, setLook, useLook, type PlanView } from './look.js';
import { openOverlay, showPane, useUi } from './ui-state.js';
import { saveArtifact } from '../console/artifact-link.js';
import { announce } from '../ui/announcer.js';
import { copyText } from '../ui/hooks.js';
import { chooseModel, modelOptions } from '../models/choose-model.js';

const files = ({ live }: CommandContext): Option[] =>
  live?.state.session.artifacts.map(({ name, content_type }) => ({ value: name, help: content_type })) ?? [];

const showPlanAs = (view: PlanView) => () => {
  setLook({ planView: view });
  showPane('plan');
  return undefined;
};

/** What is done within one open session, besides deciding on tasks. */
export const sessionCommands: Command[] = [
  {
    id: 'stop',
    title: 'Stop the running turn',
    help: 'Stops the run; finished tasks stay',
    slash: ['stop'],
    keys: { place: 'anywhere', names: ['Mod+.'] },
    inSession: true,
    needs: 'sessions.use',
    run: ({ live }) => {
      if (!live?.state.session.turn) return { error: 'Nothing is running.' };
      live.stopTurn();
      return undefined;
    },
  },
  {
    id: 'plan',
    title: 'Show the plan',
    help: 'Focus the plan pane',
    slash: ['plan'],
    inSession: true,
    run: () => {
      showPane('plan');
      return undefined;
    },
  },
  ...PLAN_VIEWS.map((view): Command => ({
    id: view,
    title: `Show the plan as ${view}`,
    help: `Plan pane, ${view} view`,
    slash: [view],
    inSession: true,
    run: showPlanAs(view),
  })),
  {
    id: 'cycle-view',
    title: 'Next view of the plan',
    help: 'Graph, list, timeline',
    keys: { place: 'plan', names: ['v'] },
    inSession: true,
    hidden: true,
    run: () => {
      const at = PLAN_VIEWS.indexOf(useLook.getState().planView);
      setLook({ planView: PLAN_VIEWS[(at + 1) % PLAN_VIEWS.length] ?? 'list' });
      return undefined;
    },
  },
  {
    id: 'logs',
    title: 'Show the logs',
    help: 'Focus the logs, at a level and with a filter if given',
    slash: ['logs'],
    args: '[level] [text]',
    complete: () => LEVELS.map((level) => ({ value: level, help: `this level and above` })),
    inSession: true,
    run: (_context, argument) => {
      const [first = '', ...rest] = argument.trim().split(/\s+/);
      const from = LEVELS.findIndex((level) => level === first);
      if (from >= 0) {
        const logLevels = { debug: from <= 0, info: from <= 1, warn: from <= 2, error: true };
        useUi.setState({ logLevels, logText: rest.join(' ') });
      } else if (argument.trim() !== '') useUi.setState({ logText: argument.trim() });
      showPane('logs');
      return undefined;
    },
  },
  {
    id: 'files',
    title: 'Show the files',
    help: 'Focus the files pane',
    slash: ['files'],
    inSession: true,
    run: () => {
      showPane('files');
      return undefined;
    },
  },
  {
    id: 'save',
    title: 'Save a file',
    help: 'Download a file of this session',
    slash: ['save'],
    args: '<file>',
    complete: files,
    inSession: true,
    hidden: true,
    run: async ({ live }, argument) => {
      const file = live?.state.session.artifacts.findLast((one) => one.name === argument.trim());
      if (!file) return { error: `There is no file ${argument.trim() || 'of that name'} in this session.` };
      await saveArtifact(file);
      return undefined;
    },
  },
  {
    id: 'tools',
    title: "Show the server's tools",
    help: 'What this server offers',
    slash: ['tools'],
    inSession: true,
    run: ({ live, go }) => {
      go(`/servers/${live?.serverId ?? ''}`);
      return undefined;
    },
  },
  {
    id: 'call',
    title: 'Run one tool by hand',
    help: 'Runs a tool with JSON arguments; approval still applies',
    slash: ['call'],
    args: '<tool> {json}',
    inSession: true,
    needs: 'sessions.use',
    hidden: true,
    run: ({ live }, argument) => {
      if (argument.trim() === '') return { error: 'Name a tool: /call tool {"key": "value"}' };
      return live?.say(`/call ${argument.trim()}`) ? undefined : { error: 'The queue is full.' };
    },
  },
  {
    id: 'rename',
    title: 'Rename this session',
    help: 'Give the session another title',
    slash: ['rename'],
    args: '<title>',
    inSession: true,
    needs: 'sessions.use',
    run: async ({ live }, argument) => {
      if (!live) return undefined;
      if (argument.trim() === '') openOverlay({ kind: 'rename' });
      else await renameSession(live.sessionId, argument.trim());
      return undefined;
    },
  },
  {
    id: 'model',
    title: 'Choose the language model',
    help: 'Which model answers in this session from the next reply on',
    slash: ['model'],
    args: '[model|default]',
    complete: modelOptions,
    inSession: true,
    needs: 'sessions.use',
    run: async ({ live }, argument) => {
      if (!live) return undefined;
      if (argument.trim() !== '') return chooseModel(live.sessionId, argument.trim());
      openOverlay({ kind: 'model' });
      return undefined;
    },
  },
  {
    id: 'fork',
    title: 'Fork this session',
    help: 'A new session that begins with all that has ended here; this one stays as it is',
    slash: ['fork'],
    inSession: true,
    needs: 'sessions.use',
    run: ({ live, go }, argument) => (live ? forkSession(live.sessionId, go, argument.trim()) : undefined),
  },
  {
    id: 'export',
    title: 'Export this session as Markdown',
    help: 'Saves transcript, plans, decisions, logs and the list of files',
    slash: ['export'],
    args: '[md|json]',
    complete: () => [
      { value: 'md', help: 'Markdown' },
      { value: 'json', help: 'JSON' },
    ],
    inSession: true,
    run: async ({ live }, argument) => {
      const form = argument.trim() || 'md';
      return form === 'md' || form === 'json' ? exportSession(live, form) : { error: 'One of md, json.' };
    },
  },
  {
    id: 'export-json',
    title: 'Export this session as JSON',
    help: 'Saves all events, for programs',
    inSession: true,
    run: ({ live }) => exportSession(live, 'json'),
  },
  {
    id: 'copy',
    title: 'Copy the last turns',
    help: 'Copies the last n messages',
    slash: ['copy'],
    args: '[n]',
    inSession: true,
    run: async ({ live }, argument) => {
      const count = Math.max(1, Number.parseInt(argument, 10) || 1);
      const texts = live?.state.session.items.flatMap((item) => (item.kind === 'message' ? [item.text] : [])) ?? [];
      return (await copyText(texts.slice(-count).join('\n\n')))
        ? { notice: 'Copied.' }
        : { error: 'The browser does not let this page copy.' };
    },
  },
  {
    id: 'status',
    title: 'Connection details',
    help: 'Socket, MCP latency, model, memory',
    slash: ['status'],
    inSession: true,
    run: () => {
      openOverlay({ kind: 'connection' });
      return undefined;
    },
  },
  {
    id: 'reconnect',
    title: 'Reconnect',
    help: 'Drops the line and dials again',
    slash: ['reconnect'],
    inSession: true,
    run: ({ live }) => {
      live?.reconnect();
      return undefined;
    },
  },
  {
    id: 'clear',
    title: 'Clear the screen',
    help: 'Scrolls past what was said; nothing is forgotten',
    slash: ['clear'],
    keys: { place: 'composer', names: ['Mod+L'] },
    inSession: true,
    run: () => {
      dispatchEvent(new Event('switchyard:clear'));
      return undefined;
    },
  },
];

async function renameSession(id: string, title: string): Promise<void> {
  const { call } = await import('../api/http.js');
  await call('PATCH', `/sessions/${id}`, { body: { title } });
}

/** @param message the last one to be taken, with its turn; all that ended when empty */
async function forkSession(id: string, go: CommandContext['go'], message: string): Promise<Reply> {
  const { call } = await import('../api/http.js');
  const fork = await call<Session>('POST', `/sessions/${id}/fork`, {
    body: message === '' ? {} : { message_id: message },
    timeout: 60_000,
  });
  void queryClient.invalidateQueries({ queryKey: ['sessions'] });
  go(`/s/${fork.id}`);
  announce('This is the fork; the other session is as it was.');
  return undefined;
}

async function exportSession(live: CommandContext['live'], form: 'md' | 'json'): Promise<Reply> {
  if (!live) return undefined;
  const { saveFile } = await import('../api/http.js');
  const format = form === 'md' ? 'markdown' : form;
  await saveFile(`/sessions/${live.sessionId}/export?format=${format}`, `${live.sessionId}.${form}`);
  return { notice: 'Exported.' };
}
