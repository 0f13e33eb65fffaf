import { useQuery } from '@tanstack/react-query';
import { Group, Panel, Separator, useDefaultLayout, usePanelRef } from 'react-resizable-panels';
import { type ReactNode } from 'react';
import { accountQuery, useMay } from '../api/identity-queries.js';
import { useUi, type PaneName } from '../app/ui-state.js';
import { currentPlan, awaiting } from '../session/plan-rules.js';
import { aRole } from '../settings/pages.js';
import { plural } from '../ui/format.js';
import { useMedia } from '../ui/hooks.js';
import { Icon } from '../ui/icons.js';
import { Composer } from './composer/composer.js';
import { FilesPane } from './files-pane.js';
import { useLive } from './live-context.js';
import { LogsPane } from './logs-pane.js';
import { PlanPane } from './plan/plan-pane.js';
import { TranscriptPane } from './transcript-pane.js';

/** Three columns, two, a side pane with tabs, or one pane at a time: by the width there is. */
export function Layout({ title }: { title: string }) {
  const huge = useMedia('(min-width: 1600px)');
  const wide = useMedia('(min-width: 1200px)');
  const medium = useMedia('(min-width: 768px)');
  return (
    <main className="console-main" aria-label="Session">
      <h1 className="unseen">{title}</h1>
      {huge ? <Columns three /> : wide ? <Columns /> : medium ? <Beside /> : <Single />}
    </main>
  );
}

function Talk() {
  return (
    <div className="talk">
      <TranscriptPane />
      {useMay('sessions.use') ? <Composer /> : <ReadOnly />}
    </div>
  );
}

/** In the composer's place, for who may not speak. */
function ReadOnly() {
  const account = useQuery(accountQuery).data;
  const said = useUi((state) => state.said);
  return (
    <div className="read-only" data-region="composer" tabIndex={-1} role="note">
      {said && (
        <p className={said.error ? 'form-error' : ''} role="status">
          {said.text}
        </p>
      )}
      You read here: {account ? `you are ${aRole(account.role)} in ${account.organization.name}, and ` : ''}running
      sessions takes a developer.
    </div>
  );
}

function Split({
  id,
  vertical,
  panels,
}: {
  id: string;
  vertical?: boolean;
  panels: [string, string, string, ReactNode][];
}) {
  const saved = useDefaultLayout({ id: `switchyard.${id}`, storage: localStorage });
  return (
    <Group
      id={id}
      className="split"
      orientation={vertical ? 'vertical' : 'horizontal'}
      defaultLayout={saved.defaultLayout}
      onLayoutChanged={saved.onLayoutChanged}
    >
      {panels.flatMap(([name, size, least, content], at) => [
        ...(at > 0 ? [<Separator key={`before-${name}`} className="splitter" aria-label={`Resize ${name}`} />] : []),
        <Cell key={name} name={name} size={size} least={least} collapsible={vertical === true}>
          {content}
        </Cell>,
      ])}
    </Group>
  );
}

interface CellProps {
  name: string;
  size: string;
  least: string;
  collapsible: boolean;
  children: ReactNode;
}

/** A part of a split; a stacked one folds to its title by a double click there, or by Ctrl+\ inside. */
function Cell({ name, size, least, collapsible, children }: CellProps) {
  const panel = usePanelRef();
  const fold = () => {
    if (panel.current?.isCollapsed()) panel.current.expand();
    else panel.current?.collapse();
  };
  const onTitle = (target: EventTarget) =>
    target instanceof HTMLElement && target.closest('.pane-head') !== null && target.closest('button') === null;
  return (
    <Panel
      // Not the bare name: the panel makes a test id of it, and `plan` is the pane's own.
      id={`cell-${name}`}
      panelRef={panel}
      defaultSize={size}
      minSize={least}
      collapsible={collapsible}
      collapsedSize="24px"
      onDoubleClick={(event) => {
        if (collapsible && onTitle(event.target)) fold();
      }}
      onKeyDown={(event) => {
        if (!collapsible || event.key !== '\\' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        event.stopPropagation();
        fold();
      }}
    >
      {children}
    </Panel>
  );
}

function Columns({ three }: { three?: boolean }) {
  const logs: [string, string, string, ReactNode] = ['logs', '34%', '120px', <LogsPane key="logs" />];
  const files: [string, string, string, ReactNode] = ['files', '20%', '72px', <FilesPane key="files" />];
  if (three) {
    return (
      <Split
        id="columns-3"
        panels={[
          ['talk', '40%', '420px', <Talk key="talk" />],
          ['plan', '36%', '360px', <PlanPane key="plan" />],
          [
            'side',
            '24%',
            '320px',
            <Split key="side" id="side-2" vertical panels={[['logs', '65%', '120px', logs[3]], files]} />,
          ],
        ]}
      />
    );
  }
  const side: [string, string, string, ReactNode][] = [['plan', '46%', '200px', <PlanPane key="plan" />], logs, files];
  return (
    <Split
      id="columns-2"
      panels={[
        ['talk', '52%', '420px', <Talk key="talk" />],
        ['side', '48%', '360px', <Split key="side" id="side-3" vertical panels={side} />],
      ]}
    />
  );
}

const SIDE: readonly PaneName[] = ['plan', 'logs', 'files'];

function useCounts(): Record<PaneName, number> {
  const plan = useLive((state) => awaiting(currentPlan(state.session)).length);
  const files = useLive((state) => state.session.artifacts.length);
  return { transcript: 0, plan, logs: 0, files };
}

function Tabs({ names, shown, label }: { names: readonly PaneName[]; shown: PaneName; label: string }) {
  const counts = useCounts();
  return (
    <div className="tabs pane-tabs" role="tablist" aria-label={label}>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`pane-tab-${name}`}
          aria-selected={shown === name}
          className="tab"
          onClick={() => useUi.setState({ pane: name })}
        >
          {name === 'transcript' ? 'chat' : name}
          {counts[name] > 0 && (
            <span className={name === 'plan' ? 'count count-you' : 'count'}>
              {counts[name]}
              <span className="unseen">{name === 'plan' ? ' await you' : ' files'}</span>
            </span>
          )}
        </button>
      ))}
    </div>
  );
}

function paneOf(name: PaneName): ReactNode {
  if (name === 'logs') return <LogsPane />;
  if (name === 'files') return <FilesPane />;
  return name === 'plan' ? <PlanPane /> : <Talk />;
}

function Beside() {
  const pane = useUi((state) => state.pane);
  const shown = pane === 'transcript' ? 'plan' : pane;
  return (
    <Split
      id="beside"
      panels={[
        ['talk', '52%', '380px', <Talk key="talk" />],
        [
          'side',
          '48%',
          '320px',
          <div key="side" className="side">
            <Tabs names={SIDE} shown={shown} label="Side pane" />
            {paneOf(shown)}
          </div>,
        ],
      ]}
    />
  );
}

/** What the last command had to say, where the composer that says it is not in sight. */
function Said() {
  const said = useUi((state) => state.said);
  if (!said) return null;
  return (
    <div className="said" role="status">
      <span className={said.error ? 'form-error' : 'dim'}>{said.text}</span>
      <button
        type="button"
        className="icon-button"
        aria-label="Dismiss"
        onClick={() => useUi.setState({ said: undefined })}
      >
        <Icon name="cross" />
      </button>
    </div>
  );
}

function Single() {
  const pane = useUi((state) => state.pane);
  const { plan } = useCounts();
  return (
    <div className="single">
      {paneOf(pane)}
      {pane !== 'transcript' && <Said />}
      {plan > 0 && pane !== 'plan' && (
        <div className="review-bar">
          <span>
            {plural(plan, 'task')} {plan === 1 ? 'awaits' : 'await'} you
          </span>
          <button type="button" className="button button-primary" onClick={() => useUi.setState({ pane: 'plan' })}>
            Review
          </button>
        </div>
      )}
      <Tabs names={['transcript', ...SIDE]} shown={pane} label="Panes" />
    </div>
  );
}
