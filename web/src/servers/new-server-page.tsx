import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/http.js';
import { useMay } from '../api/identity-queries.js';
import { Problem } from '../api/problem.js';
import { queryClient } from '../api/queries.js';
import type { Check, McpServer, TestReport } from '../api/types.js';
import { useCommandContext } from '../app/active.js';
import { Page } from '../app/page.js';
import { ErrorNote } from '../ui/feedback.js';
import { plural } from '../ui/format.js';
import { Unsaved } from '../ui/unsaved.js';
import { Checks } from './checks.js';
import { parsePaste } from './parse-paste.js';
import { ServerFields } from './server-fields.js';
import { EMPTY_DRAFT, toForm, withPasted, type Draft } from './server-form.js';

const SAMPLE = `{
  "mcpServers": {
    "notes": { "url": "https://mcp.example.com/mcp" }
  }
}`;

type Test = { state: 'none' | 'running' } | { state: 'done'; report?: TestReport; error?: unknown; checks?: Check[] };

export function NewServerPage() {
  const [draft, setDraft] = useState<Draft>(EMPTY_DRAFT);
  const [paste, setPaste] = useState('');
  const [pasteNote, setPasteNote] = useState<string | undefined>();
  const [test, setTest] = useState<Test>({ state: 'none' });
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const { go } = useCommandContext();
  const mayAdd = useMay('servers.create');
  const errors = failure instanceof Problem ? failure.fields : {};

  const isChanged = JSON.stringify(draft) !== JSON.stringify(EMPTY_DRAFT);

  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    setTest({ state: 'none' });
  };

  const read = (text: string) => {
    setPaste(text);
    if (text.trim() === '') {
      setPasteNote(undefined);
      return;
    }
    const result = parsePaste(text);
    setPasteNote(result.ok ? 'Read. Check the fields below.' : result.why);
    if (result.ok) change(withPasted(draft, result.pasted));
  };

  const run = async () => {
    setTest({ state: 'running' });
    const { name: _name, approval_policy: _policy, ...form } = toForm(draft);
    try {
      const report = await call<TestReport>('POST', '/servers/test', { body: form, timeout: 90_000 });
      setTest({ state: 'done', report, ...(report.checks ? { checks: report.checks } : {}) });
    } catch (error) {
      const checks = error instanceof Problem ? (error.body.checks as Check[] | undefined) : undefined;
      setTest({ state: 'done', error, ...(checks ? { checks } : {}) });
    }
  };

  const save = async () => {
    setSaving(true);
    setFailure(undefined);
    try {
      const server = await call<McpServer>('POST', '/servers', { body: toForm(draft) });
      await queryClient.invalidateQueries({ queryKey: ['servers'] });
      go(`/servers/${server.id}`);
    } catch (error) {
      setFailure(error);
    } finally {
      setSaving(false);
    }
  };

  return (
    <Page
      title="Add a server"
      crumb={
        <>
          <Link to="/servers">Servers</Link> / add
        </>
      }
    >
      <h1>Add a server</h1>
      {!mayAdd && (
        <p className="note">
          Adding servers takes a developer or an admin of the organization: this form will be refused.
        </p>
      )}
      <label className="field">
        <span className="field-label">
          Paste a URL, an mcp.json snippet, or a <code>claude mcp add</code> line
        </span>
        <textarea
          className="input mono"
          rows={5}
          spellCheck={false}
          autoFocus
          placeholder={SAMPLE}
          value={paste}
          onChange={(event) => read(event.target.value)}
          data-testid="paste"
        />
        <span className="dim field-hint" role="status">
          {pasteNote}
        </span>
      </label>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <ServerFields draft={draft} onChange={change} errors={errors} />
        <div className="row">
          <button
            type="button"
            className="button"
            disabled={draft.url === '' || draft.auth_method === 'oauth' || test.state === 'running'}
            onClick={() => void run()}
          >
            {test.state === 'running' ? 'Testing…' : 'Test connection'}
          </button>
          <button type="submit" className="button button-primary" disabled={saving}>
            {saving ? 'Saving…' : 'Save server'}
          </button>
          <span className="dim">
            {draft.auth_method === 'oauth'
              ? 'Save it, and connect an account on its page.'
              : 'A server can be saved without a test.'}
          </span>
        </div>
        {failure !== undefined && <ErrorNote error={failure} />}
      </form>
      <Unsaved when={isChanged && !saving} what="this server" />
      {test.state !== 'none' && (
        <section className="section" aria-label="Connection test" aria-live="polite">
          <TestVerdict test={test} />
          {(test.state === 'running' || (test.state === 'done' && test.checks)) && (
            <Checks checks={test.state === 'done' ? test.checks : undefined} running={test.state === 'running'} />
          )}
        </section>
      )}
    </Page>
  );
}

function TestVerdict({ test }: { test: Test }) {
  if (test.state !== 'done') return <h2>Testing the connection</h2>;
  if (test.report) {
    const { counts, server, protocol } = test.report;
    return (
      <>
        <h2>It works</h2>
        <p className="mono">
          {server && `${server.name} ${server.version}`}
          {protocol && ` · MCP ${protocol.version} (${protocol.era})`}
          {counts &&
            ` · ${plural(counts.tools, 'tool')}, ${plural(counts.resources, 'resource')}, ${plural(counts.prompts, 'prompt')}`}
        </p>
      </>
    );
  }
  return <ErrorNote error={test.error} title="The test failed" />;
}
