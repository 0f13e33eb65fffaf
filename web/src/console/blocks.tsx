import type { RemovedEvents } from '@app/session-protocol';
import { memo, useState } from 'react';
import { useMay } from '../api/identity-queries.js';
import { openOverlay, showPane } from '../app/ui-state.js';
import { canRetry, planFault } from '../session/plan-rules.js';
import type { TranscriptItem } from '../session/state.js';
import { bytes, clock, plural, shortType } from '../ui/format.js';
import { useNow } from '../ui/hooks.js';
import type { IconName } from '../ui/icon-name.js';
import { Icon } from '../ui/icons.js';
import { AnsiText } from './ansi-text.js';
import { saveOrSay } from './artifact-link.js';
import { useLive, useLiveSession } from './live-context.js';
import { MessageActions } from './message-actions.js';
import { stateView } from './node-state.js';
import { Prose } from './prose.js';
import { QuestionForm } from './question-form.js';
import { SignInRequest } from './sign-in-request.js';
import { Turn } from './turn.js';
import { plainText } from './untrusted.js';

type Of<Kind extends TranscriptItem['kind']> = Extract<TranscriptItem, { kind: Kind }>;

const SPEAKERS = {
  USER: { icon: 'caret', tone: 'you', name: 'You' },
  AGENT: { icon: 'dot', tone: 'agent', name: 'Agent' },
  SYSTEM: { icon: 'point', tone: 'system', name: 'System' },
} as const satisfies Record<string, { icon: IconName; tone: string; name: string }>;

function MessageBlock({ item }: { item: Of<'message'> }) {
  const speaker = SPEAKERS[item.sender] ?? SPEAKERS.SYSTEM;
  return (
    <Turn
      tone={speaker.tone}
      icon={speaker.icon}
      name={speaker.name}
      item={item}
      actions={<MessageActions item={item} />}
    >
      {item.model !== undefined && (
        <span className="dim">
          {item.model} answers{item.instead_of === undefined ? '' : `, as ${item.instead_of} could not`}:
        </span>
      )}
      {item.sender === 'AGENT' ? (
        <Prose text={item.text} streaming={item.streaming} />
      ) : (
        <p className="plain">{item.text}</p>
      )}
    </Turn>
  );
}

function PlanBlock({ item }: { item: Of<'plan'> }) {
  const plan = useLive((state) => state.session.plans[item.plan_id]);
  if (!plan) return null;
  const fault = planFault(plan.nodes);
  const done = plan.nodes.filter((node) => node.status === 'succeeded').length;
  return (
    <Turn tone="agent" icon="tool" name="Plan" item={item}>
      <button type="button" className="text-button" onClick={() => showPane('plan')}>
        plan r{item.revision} · {plural(plan.nodes.length, 'task')} · {plan.status}
        {done > 0 ? ` · ${done} done` : ''}
      </button>
      {plan.title !== '' && <span className="dim"> {plan.title}</span>}
      {fault !== undefined && <p className="form-error">{fault}</p>}
    </Turn>
  );
}

function ToolBlock({ item }: { item: Of<'tool'> }) {
  const [open, setOpen] = useState(false);
  const plan = useLive((state) => state.session.plans[item.plan_id]);
  const node = plan?.nodes.find((one) => one.id === item.node_id);
  const now = useNow(1_000, node?.status === 'running');
  if (!plan || !node) return null;
  const view = stateView(node, plan.nodes, now);
  const firstLine = node.error?.message ?? node.progress?.message ?? node.result?.preview ?? '';
  return (
    <Turn tone="tool" icon="tool" name={`Tool ${node.tool}`} item={item}>
      <button type="button" className="tool-line" aria-expanded={open} onClick={() => setOpen(!open)} data-tool-line>
        <span className="tool-line-name">{node.tool}</span>
        <span className="state-word" data-state={node.status}>
          <Icon name={view.icon} /> {view.word.toLowerCase()}
        </span>
        {!open && <span className="dim tool-line-said">{plainText(firstLine.split('\n')[0] ?? '')}</span>}
      </button>
      {open && (
        <div className="tool-open">
          <p className="label">arguments</p>
          <pre className="output">{JSON.stringify(node.arguments, null, 2)}</pre>
          {node.error && (
            <>
              <p className="label">error of {node.tool}</p>
              <AnsiText text={`${node.error.code}: ${node.error.message}`} />
            </>
          )}
          {node.result && (
            <>
              <p className="label">said by {node.tool}</p>
              <AnsiText text={node.result.preview} />
            </>
          )}
          <button type="button" className="text-button" onClick={() => openOverlay({ kind: 'node', node_id: node.id })}>
            all details
          </button>
        </div>
      )}
    </Turn>
  );
}

const DECIDED: Record<string, string> = {
  approve: 'approved',
  reject: 'rejected',
  edit: 'edited',
  retry: 'retried',
  resolve: 'resolved',
  rerun: 'run again',
};

function DecisionBlock({ item }: { item: Of<'decision'> }) {
  const nodes = useLive((state) => state.session.plans[item.plan_id]?.nodes);
  const titles = item.node_ids.map((id) => nodes?.find((node) => node.id === id)?.title ?? id);
  const who = item.automatic
    ? `by rule${item.rule === undefined ? '' : `: ${item.rule}`}`
    : `by ${item.by ?? 'someone'}`;
  return (
    <Turn tone="system" icon="point" name="Decision" item={item}>
      <span className="dim">
        {titles.join(', ')} {DECIDED[item.decision] ?? item.decision} {who}
        {item.remember !== undefined &&
          item.remember !== 'once' &&
          ` · remembered: ${item.remember.replaceAll('_', ' ')}`}
        {item.reason !== undefined && item.reason !== '' && ` · “${item.reason}”`}
      </span>
    </Turn>
  );
}

function ArtifactBlock({ item }: { item: Of<'artifact'> }) {
  const file = useLive((state) => state.session.artifacts.find((one) => one.artifact_id === item.artifact_id));
  if (!file) return null;
  return (
    <Turn tone="tool" icon="save" name="File" item={item}>
      <button
        type="button"
        className="text-button"
        onClick={() => openOverlay({ kind: 'file', artifact_id: file.artifact_id })}
      >
        {file.name}
      </button>{' '}
      <span className="dim">
        {shortType(file.content_type)} {bytes(file.size)}
      </span>{' '}
      <button type="button" className="text-button" onClick={() => saveOrSay(file)}>
        save
      </button>
    </Turn>
  );
}

function QuestionBlock({ item }: { item: Of<'question'> }) {
  return (
    <Turn tone={item.action === undefined ? 'you' : 'system'} icon="diamond" name="Question" item={item}>
      <QuestionForm request={item.request} action={item.action} />
    </Turn>
  );
}

function SignInBlock({ item }: { item: Of<'sign_in'> }) {
  return (
    <Turn tone={item.action === undefined ? 'you' : 'system'} icon="diamond" name="Sign-in" item={item}>
      <SignInRequest request={item.request} action={item.action} />
    </Turn>
  );
}

const OUTCOME: Record<string, string> = {
  failed: 'the turn failed',
  superseded: 'replaced by a newer message',
};

function endOf({ outcome, reason = '', notStarted }: Of<'turn_end'>): string {
  // Who stopped it, and what was left, is what the server says of it.
  if (outcome === 'stopped' && reason !== '') return reason;
  const left = notStarted > 0 ? ` · ${plural(notStarted, 'task')} not started` : '';
  return `${OUTCOME[outcome] ?? outcome}${reason === '' ? '' : `: ${reason}`}${left}`;
}

function TurnEndBlock({ item }: { item: Of<'turn_end'> }) {
  const told = useLive(({ session }) =>
    session.items.some(
      (one) => one.kind === 'error' && one.error.turn_id === item.turn_id && one.error.message === item.reason,
    ),
  );
  return (
    <Turn
      tone={item.outcome === 'failed' ? 'error' : 'system'}
      icon={item.outcome === 'failed' ? 'cross' : 'square'}
      name="End of turn"
      item={item}
    >
      <span className="dim">{endOf(told ? { ...item, reason: '' } : item)}</span>
    </Turn>
  );
}

function ErrorBlock({ item }: { item: Of<'error'> }) {
  const live = useLiveSession();
  const mayUse = useMay('sessions.use');
  const { code, message, retryable, turn_id } = item.error;
  const open = useLive((state) => canRetry(state.session, item));
  return (
    <Turn tone="error" icon="cross" name="Error" item={item}>
      <p>
        <strong>{code}</strong> {message}
      </p>
      {mayUse && retryable && turn_id !== undefined && open && (
        <p>
          <span className="dim">Your message is kept. </span>
          <button type="button" className="text-button" onClick={() => live.retryTurn(turn_id)}>
            Retry
          </button>
        </p>
      )}
    </Turn>
  );
}

function ModelBlock({ item }: { item: Of<'model'> }) {
  return (
    <Turn tone="system" icon="point" name="Model" item={item}>
      <span className="dim">{item.name} answers from here on</span>
    </Turn>
  );
}

function GapBlock({ item }: { item: Of<'gap'> }) {
  return (
    <p className="gap-line" role="separator">
      {item.removed ? removedWords(item.removed) : `older events are gone · ${clock(item.to)}`} · history continues here
    </p>
  );
}

function removedWords({ events, from, to }: RemovedEvents): string {
  const [first, last] = [from, to].map((time) => time.slice(0, 10));
  const when = first === last ? `of ${first}` : `from ${first} to ${last}`;
  return `${events.toLocaleString()} older ${events === 1 ? 'event' : 'events'} ${when} are kept no more`;
}

function UnknownBlock({ item }: { item: Of<'unknown'> }) {
  return (
    <Turn tone="system" icon="unknown" name="Unknown event" item={item}>
      <details>
        <summary className="dim">{item.type} (this page does not know this kind of event)</summary>
        <pre className="output">{JSON.stringify(item.raw, null, 2)}</pre>
      </details>
    </Turn>
  );
}

/** One block of the transcript; complete over its kinds. */
export const BlockOf = memo(function BlockOf({ item }: { item: TranscriptItem }) {
  switch (item.kind) {
    case 'message':
      return <MessageBlock item={item} />;
    case 'plan':
      return <PlanBlock item={item} />;
    case 'tool':
      return <ToolBlock item={item} />;
    case 'decision':
      return <DecisionBlock item={item} />;
    case 'artifact':
      return <ArtifactBlock item={item} />;
    case 'question':
      return <QuestionBlock item={item} />;
    case 'sign_in':
      return <SignInBlock item={item} />;
    case 'turn_end':
      return <TurnEndBlock item={item} />;
    case 'error':
      return <ErrorBlock item={item} />;
    case 'model':
      return <ModelBlock item={item} />;
    case 'gap':
      return <GapBlock item={item} />;
    case 'unknown':
      return <UnknownBlock item={item} />;
    default:
      return item satisfies never;
  }
});
