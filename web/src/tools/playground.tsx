import { useEffect, useMemo, useRef, useState } from 'react';
import type { McpServer, Tool } from '../api/types.js';
import { fieldsOf } from '../console/schema-form.js';
import { CopyBox } from '../ui/copy.js';
import { Field } from '../ui/field.js';
import { duration } from '../ui/format.js';
import { Moment } from '../ui/moment.js';
import { ArgumentsForm } from './arguments-form.js';
import { draftOf, readDraft, withoutSecrets } from './arguments.js';
import { clientCurl, platformCurl } from './call-curl.js';
import { CallReplyView } from './call-reply.js';
import { pastRuns, rememberRun, type PastRun } from './run-history.js';
import { useRun } from './use-run.js';

const MAX_SECONDS = 600;

/** One tool, tried by hand: it runs through the same pipeline as any other call, policy and log included. */
export function Playground({ server, tool }: { server: McpServer; tool: Tool }) {
  const schema = tool.input_schema;
  const fields = useMemo(() => fieldsOf(schema), [schema]);
  const [draft, setDraft] = useState(() => draftOf(schema));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [seconds, setSeconds] = useState('');
  const [runs, setRuns] = useState(() => pastRuns(server.id, tool.name));
  const run = useRun(server.id, tool.name);
  const result = useRef<HTMLElement>(null);
  const ended = run.state === 'done' || run.state === 'failed';
  useEffect(() => {
    // Where form and result stand one below the other, what came would not be seen.
    if (ended) result.current?.scrollIntoView({ block: 'nearest' });
  }, [ended]);
  const read = readDraft(fields, draft);

  const start = async (dryRun: boolean) => {
    setErrors(read.ok ? {} : read.errors);
    if (!read.ok || run.state === 'running') return;
    const limit = Math.min(MAX_SECONDS, Number(seconds));
    const reply = await run.start({
      arguments: read.values,
      ...(limit > 0 ? { timeout: limit } : {}),
      ...(dryRun ? { dry_run: true } : {}),
    });
    if (reply === undefined || reply.status === 'dry_run') return;
    const duration_ms = 'duration_ms' in reply ? reply.duration_ms : null;
    const values = withoutSecrets(fields, read.values);
    const past: PastRun = { at: new Date().toISOString(), arguments: values, status: reply.status, duration_ms };
    setRuns(rememberRun(server.id, tool.name, past));
  };

  return (
    <div className="playground">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void start(false);
        }}
      >
        <ArgumentsForm schema={schema} fields={fields} draft={draft} errors={errors} onChange={setDraft} />
        <div className="row">
          <button
            type="submit"
            className={tool.quarantined === true ? 'button' : 'button button-primary'}
            disabled={run.state === 'running'}
          >
            {run.state === 'running' ? 'Running…' : 'Run'}
          </button>
          <button type="button" className="button" disabled={run.state === 'running'} onClick={() => void start(true)}>
            Dry run
          </button>
          {run.state === 'running' && (
            <button type="button" className="button button-danger" onClick={run.stop}>
              Stop
            </button>
          )}
        </div>
        <details className="fold">
          <summary>time limit, curl</summary>
          <Field label="Time limit, seconds" hint={`The server's own is ${server.timeout}.`}>
            <input
              className="input mono"
              type="number"
              min={1}
              max={MAX_SECONDS}
              value={seconds}
              onChange={(event) => setSeconds(event.target.value)}
            />
          </Field>
          {read.ok ? (
            <>
              <p className="field-label">Platform API</p>
              <CopyBox
                name="The Platform command"
                lines
                text={platformCurl(location.origin, server.id, tool.name, read.values)}
              />
              <p className="field-label">Client API</p>
              <CopyBox
                name="The Client command"
                lines
                text={clientCurl(location.origin, server.id, tool.name, read.values)}
              />
            </>
          ) : (
            <p className="dim">With arguments that can be read, the command is here.</p>
          )}
        </details>
      </form>
      <section ref={result} aria-label="Result" aria-live="polite">
        <CallReplyView run={run} server={server} />
        <History runs={runs} onChoose={(past) => setDraft(draftOf(schema, past.arguments))} />
      </section>
    </div>
  );
}

function History({ runs, onChoose }: { runs: PastRun[]; onChoose: (run: PastRun) => void }) {
  if (runs.length === 0) return null;
  return (
    <details className="fold">
      <summary>{runs.length === 1 ? 'your last run here' : `your last ${runs.length} runs here`}</summary>
      <ul className="entries">
        {runs.map((run) => (
          <li key={run.at} className="line">
            <span>{run.status.replaceAll('_', ' ')}</span>
            <span className="dim">
              <Moment at={run.at} exact={false} />
              {run.duration_ms !== null && `, ${duration(run.duration_ms)}`}
            </span>
            <span className="mono dim line-meta one-line">{JSON.stringify(run.arguments)}</span>
            <button type="button" className="button" onClick={() => onChoose(run)}>
              Use again
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
