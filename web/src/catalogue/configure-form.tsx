import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { ServiceDetail } from '../api/catalogue-types.js';
import { call } from '../api/http.js';
import { Problem } from '../api/problem.js';
import { queryClient } from '../api/queries.js';
import type { Check, McpServer, TestReport } from '../api/types.js';
import { SchemaFields } from '../console/schema-fields.js';
import { readForm } from '../console/schema-form.js';
import { Checks } from '../servers/checks.js';
import { ServerName } from '../servers/server-name.js';
import { ErrorNote } from '../ui/feedback.js';
import { Field, fieldsOf as toldFields, TextField } from '../ui/field.js';
import { plural } from '../ui/format.js';
import { configFields } from './config-form.js';

interface Configured {
  server: McpServer;
  report: Pick<TestReport, 'counts' | 'checks'> & { ok: boolean };
}

/** Settings by the service's own schema; saved, then tried. */
export function ConfigureForm({ service }: { service: ServiceDetail }) {
  const [raw, setRaw] = useState<Record<string, string>>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [name, setName] = useState('');
  const [serverId, setServerId] = useState(service.server_ids[0] ?? '');
  const kept = serverId !== '';
  const fields = useMemo(() => configFields(service.config_schema, { kept }), [service.config_schema, kept]);
  const saving = useMutation({
    mutationFn: (config: Record<string, unknown>) =>
      call<Configured>('POST', `/catalogue/${service.id}/configure`, {
        body: {
          config,
          ...(name.trim() === '' ? {} : { name: name.trim() }),
          ...(serverId === '' ? {} : { server_id: serverId }),
        },
        timeout: 120_000,
      }),
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: ['catalogue'] });
      void queryClient.invalidateQueries({ queryKey: ['servers'] });
    },
  });
  const save = () => {
    // A default that nobody touched stays the service's own.
    const given = fields.filter((field) => field.required || Object.hasOwn(raw, field.name) || field.initial !== '');
    const read = readForm(given, raw);
    setErrors(read.ok ? {} : read.errors);
    if (read.ok) saving.mutate(read.values);
  };

  return (
    <section className="section" aria-labelledby="configure">
      <h2 id="configure">{serverId === '' ? 'Set it up' : 'Change its settings'}</h2>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        {fields.length === 0 && <p className="dim">It needs no settings.</p>}
        <SchemaFields
          fields={fields}
          raw={raw}
          errors={{ ...toldFields(saving.error), ...errors }}
          onChange={(field, value) => setRaw({ ...raw, [field]: value })}
        />
        <div className="field-row">
          <TextField label="Name of the server (optional)" maxLength={100} value={name} onChange={setName} />
          {service.server_ids.length > 0 && (
            <Field label="Server">
              <select className="input mono" value={serverId} onChange={(event) => setServerId(event.target.value)}>
                {service.server_ids.map((id) => (
                  <option key={id} value={id}>
                    <ServerName id={id} />
                  </option>
                ))}
                <option value="">a new one</option>
              </select>
            </Field>
          )}
        </div>
        <div className="row">
          <button type="submit" className="button button-primary" disabled={saving.isPending}>
            {saving.isPending ? 'Saving and trying…' : 'Save and try'}
          </button>
        </div>
      </form>
      {saving.isError && <Failed error={saving.error} />}
      {saving.data && <Done configured={saving.data} />}
    </section>
  );
}

function Failed({ error }: { error: unknown }) {
  const checks = error instanceof Problem ? (error.body.checks as Check[] | undefined) : undefined;
  return (
    <>
      <ErrorNote error={error} />
      {checks !== undefined && <Checks checks={checks} running={false} />}
    </>
  );
}

function Done({ configured: { server, report } }: { configured: Configured }) {
  return (
    <div className="section" role="status">
      <h2>{report.ok ? 'It works' : 'Saved, but it does not work yet'}</h2>
      {report.ok && report.counts && (
        <p className="mono">
          {plural(report.counts.tools, 'tool')}, {plural(report.counts.resources, 'resource')},{' '}
          {plural(report.counts.prompts, 'prompt')}
        </p>
      )}
      {report.checks && <Checks checks={report.checks} running={false} />}
      <div className="row">
        <Link to="/servers/$serverId" params={{ serverId: server.id }} className="button">
          Open {server.name}
        </Link>
      </div>
    </div>
  );
}
