import { awaiting, currentPlan, mayRerun, ordered, pendingNodes } from '../session/plan-rules.js';
import type { ShownNode } from '../session/state.js';
import type { Command, CommandContext, Option, Reply } from './command.js';
import { openOverlay, showPane, useUi } from './ui-state.js';

const nodesOf = ({ live }: CommandContext): ShownNode[] =>
  live ? ordered(currentPlan(live.state.session)?.nodes ?? []) : [];

const pendingOptions = (context: CommandContext): Option[] => [
  ...pendingNodes(context.live && currentPlan(context.live.state.session)).map(({ id, title }) => ({
    value: id,
    help: title,
  })),
  { value: 'all', help: 'every task that awaits you' },
];

const nodeOptions = (context: CommandContext): Option[] =>
  nodesOf(context).map(({ id, title, status }) => ({ value: id, help: `${title} · ${status}` }));

/** The node that is meant: by id or title, else the selected one. */
function findNode(context: CommandContext, argument: string): { node: ShownNode } | { error: string } {
  const nodes = nodesOf(context);
  const wanted = argument.trim().toLowerCase();
  const id = wanted === '' ? useUi.getState().selectedNode : wanted;
  const node = nodes.find((one) => one.id.toLowerCase() === id || one.title.toLowerCase() === id);
  if (node) return { node };
  if (nodes.length === 0) return { error: 'There is no plan yet.' };
  return { error: wanted === '' ? 'Name a task, such as node1.' : `There is no task ${argument.trim()} in this plan.` };
}

function withNode(context: CommandContext, argument: string, act: (node: ShownNode) => Reply): Reply {
  if (!context.live?.connected) return { error: 'Approvals need a connection.' };
  const found = findNode(context, argument);
  return 'error' in found ? found : act(found.node);
}

const refuse = (node: ShownNode, verb: string): Reply => ({ error: `${node.title} cannot be ${verb} now.` });

function approve(context: CommandContext, argument: string, remember?: 'tool_in_session'): Reply {
  return withNode(context, argument, (node) => {
    if (!node.allowed_decisions.includes('approve')) return refuse(node, 'approved');
    context.live?.decide('approve_task', node.id, remember ? { remember } : {});
    moveOn(context, node);
    return undefined;
  });
}

/** To the next task that waits, once this one is decided. */
function moveOn(context: CommandContext, decided: ShownNode): void {
  const rest = awaiting(context.live && currentPlan(context.live.state.session)).filter(
    (node) => node.id !== decided.id,
  );
  useUi.setState({ selectedNode: rest[0]?.id ?? decided.id });
}

function step(context: CommandContext, by: number): Reply {
  const nodes = awaiting(context.live && currentPlan(context.live.state.session));
  const at = nodes.findIndex((node) => node.id === useUi.getState().selectedNode);
  const next = at < 0 ? nodes.at(by > 0 ? 0 : -1) : nodes[(at + by + nodes.length) % nodes.length];
  if (!next) return { notice: 'Nothing waits for you.' };
  useUi.setState({ selectedNode: next.id });
  return undefined;
}

/** Deciding on tasks: by slash with a name, by key on the selected one. */
export const nodeCommands: Command[] = [
  {
    id: 'approve',
    title: 'Approve a task',
    help: 'Approve one task, or all',
    slash: ['approve', 'yes'],
    args: '<node|all>',
    complete: pendingOptions,
    keys: { place: 'plan', names: ['y'] },
    inSession: true,
    needs: 'sessions.use',
    hidden: true,
    run: (context, argument) => {
      if (argument.trim() !== 'all') return approve(context, argument);
      openOverlay({ kind: 'approve-all' });
      return undefined;
    },
  },
  {
    id: 'approve-remember',
    title: 'Approve and remember this tool for the session',
    help: 'Approve; the same tool is not asked again in this session',
    slash: ['always'],
    args: '<node>',
    complete: nodeOptions,
    keys: { place: 'plan', names: ['a'] },
    inSession: true,
    needs: 'sessions.use',
    hidden: true,
    run: (context, argument) => approve(context, argument, 'tool_in_session'),
  },
  {
    id: 'approve-all',
    title: 'Approve all eligible tasks',
    help: 'Opens the summary sheet',
    slash: ['approve-all'],
    keys: { place: 'plan', names: ['Shift+A'] },
    inSession: true,
    needs: 'sessions.use',
    run: ({ live }) => {
      if (pendingNodes(live && currentPlan(live.state.session)).length === 0)
        return { error: 'Nothing waits for you.' };
      openOverlay({ kind: 'approve-all' });
      return undefined;
    },
  },
  {
    id: 'reject',
    title: 'Reject a task',
    help: 'Reject one task, or all, with a reason for the agent',
    slash: ['reject', 'no'],
    args: '<node|all> [reason]',
    complete: pendingOptions,
    keys: { place: 'plan', names: ['n'] },
    inSession: true,
    needs: 'sessions.use',
    hidden: true,
    run: (context, argument) => {
      const [name = '', ...reason] = argument.trim().split(/\s+/);
      if (name === 'all') return rejectAll(context);
      return withNode(context, name, (node) => {
        if (!node.allowed_decisions.includes('reject')) return refuse(node, 'rejected');
        if (reason.length === 0) openOverlay({ kind: 'reject', node_ids: [node.id] });
        else {
          context.live?.decide('reject_task', node.id, { reason: reason.join(' ') });
          moveOn(context, node);
        }
        return undefined;
      });
    },
  },
  {
    id: 'reject-all',
    title: 'Reject all pending tasks',
    help: 'Opens the summary sheet',
    slash: ['reject-all'],
    keys: { place: 'plan', names: ['Shift+N'] },
    inSession: true,
    needs: 'sessions.use',
    run: rejectAll,
  },
  {
    id: 'edit',
    title: 'Edit the arguments of a task',
    help: 'Change what a task is called with',
    slash: ['edit'],
    args: '<node>',
    complete: nodeOptions,
    keys: { place: 'plan', names: ['e'] },
    inSession: true,
    needs: 'sessions.use',
    hidden: true,
    run: (context, argument) =>
      withNode(context, argument, (node) => {
        if (!node.allowed_decisions.includes('edit')) return refuse(node, 'edited');
        openOverlay({ kind: 'edit', node_id: node.id });
        return undefined;
      }),
  },
  {
    id: 'retry',
    title: 'Retry a task',
    help: 'Run a failed or rejected task again',
    slash: ['retry'],
    args: '[node]',
    complete: nodeOptions,
    keys: { place: 'plan', names: ['x'] },
    inSession: true,
    needs: 'sessions.use',
    hidden: true,
    run: (context, argument) =>
      withNode(context, argument, (node) => {
        if (!node.allowed_decisions.includes('retry')) return refuse(node, 'retried');
        if (node.status === 'outcome_unknown') openOverlay({ kind: 'resolve', node_id: node.id });
        else if (node.status === 'timed_out') openOverlay({ kind: 'retry', node_id: node.id });
        else context.live?.decide('retry_task', node.id);
        return undefined;
      }),
  },
  {
    id: 'rerun',
    title: 'Run the plan again from a task',
    help: 'Reuses the results before it; what changes something is asked anew',
    slash: ['rerun'],
    args: '<node>',
    complete: nodeOptions,
    keys: { place: 'plan', names: ['r'] },
    inSession: true,
    needs: 'sessions.use',
    hidden: true,
    run: (context, argument) =>
      withNode(context, argument, (node) => {
        if (!context.live || !mayRerun(context.live.state.session, node)) {
          return { error: 'A task can be run again once it and everything else here has ended.' };
        }
        context.live.rerun(node.id);
        return undefined;
      }),
  },
  {
    id: 'resolve',
    title: 'Say what became of a task',
    help: 'For a task whose outcome is unknown',
    slash: ['resolve'],
    args: '<node>',
    complete: nodeOptions,
    inSession: true,
    needs: 'sessions.use',
    hidden: true,
    run: (context, argument) =>
      withNode(context, argument, (node) => {
        if (!node.allowed_decisions.includes('resolve')) return refuse(node, 'resolved');
        openOverlay({ kind: 'resolve', node_id: node.id });
        return undefined;
      }),
  },
  {
    id: 'node-details',
    title: 'Show the details of a task',
    help: 'Arguments, result, error',
    slash: ['task'],
    args: '<node>',
    complete: nodeOptions,
    keys: { place: 'plan', names: ['Enter'] },
    inSession: true,
    hidden: true,
    run: (context, argument) => {
      const found = findNode(context, argument);
      if ('error' in found) return found;
      openOverlay({ kind: 'node', node_id: found.node.id });
      return undefined;
    },
  },
  {
    id: 'node-logs',
    title: 'Filter the logs to a task',
    help: 'Only what this task logged',
    keys: { place: 'plan', names: ['l'] },
    inSession: true,
    hidden: true,
    run: (context, argument) => {
      const found = findNode(context, argument);
      if ('error' in found) return found;
      useUi.setState({ logText: `source:${found.node.id}` });
      showPane('logs');
      return undefined;
    },
  },
  {
    id: 'next-awaiting',
    title: 'Next task that awaits you',
    help: 'Move to the next decision',
    keys: { place: 'plan', names: [']'] },
    inSession: true,
    hidden: true,
    run: (context) => step(context, 1),
  },
  {
    id: 'previous-awaiting',
    title: 'Previous task that awaits you',
    help: 'Move to the previous decision',
    keys: { place: 'plan', names: ['['] },
    inSession: true,
    hidden: true,
    run: (context) => step(context, -1),
  },
];

function rejectAll({ live }: CommandContext): Reply {
  const ids = pendingNodes(live && currentPlan(live.state.session)).map((node) => node.id);
  if (ids.length === 0) return { error: 'Nothing waits for you.' };
  openOverlay({ kind: 'reject', node_ids: ids });
  return undefined;
}
