import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import { queryClient } from '../api/queries.js';
import { queryString } from '../api/query-string.js';
import type { ImportReport, OnConflict } from '../api/transfer-types.js';
import { ErrorNote } from '../ui/feedback.js';
import { Field } from '../ui/field.js';
import { Report } from './import-report.js';

const MAX_BYTES = 5 * 1024 * 1024;

const CONFLICTS: Record<OnConflict, string> = {
  skip: 'leave it as it is',
  update: 'change it to what the file says',
  rename: 'add it under another name',
};

interface Chosen {
  name: string;
  content: unknown;
}

/** A file is chosen, what it would do is shown, and only then it is done. */
export function ImportFile() {
  const [chosen, setChosen] = useState<Chosen>();
  const [wrong, setWrong] = useState<string>();
  const [conflict, setConflict] = useState<OnConflict>('skip');
  const [loosen, setLoosen] = useState(false);
  const importing = useMutation({
    mutationFn: (dryRun: boolean) =>
      call<ImportReport>(
        'POST',
        `/export/import${queryString({
          dry_run: String(dryRun),
          on_conflict: conflict,
          allow_loosening: String(loosen),
        })}`,
        { base: '/api', body: chosen?.content, timeout: 120_000 },
      ),
    onSuccess: ({ dry_run }) => {
      if (!dry_run) void queryClient.invalidateQueries({ queryKey: ['servers'] });
    },
  });
  const choose = async (file: File | undefined) => {
    importing.reset();
    setChosen(undefined);
    if (!file) return;
    const read = await readFile(file);
    setWrong(read.ok ? undefined : read.why);
    if (read.ok) setChosen({ name: file.name, content: read.content });
  };
  const report = importing.data;

  return (
    <>
      <Field label="A file of an export" error={wrong}>
        <input
          className="input"
          type="file"
          accept="application/json,.json"
          onChange={({ target }) => void choose(target.files?.[0])}
        />
      </Field>
      <Field label="If a server of that name is here">
        <select
          className="input"
          value={conflict}
          onChange={({ target }) => {
            setConflict(target.value as OnConflict);
            importing.reset();
          }}
        >
          {Object.entries(CONFLICTS).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </Field>
      <label className="check">
        <input
          type="checkbox"
          checked={loosen}
          onChange={({ target }) => {
            setLoosen(target.checked);
            importing.reset();
          }}
        />
        Let it loosen what asks here: policies, access, checks of certificates
      </label>
      <div className="row">
        <button
          type="button"
          className="button"
          disabled={chosen === undefined || importing.isPending}
          onClick={() => importing.mutate(true)}
        >
          Show what it would do
        </button>
        {report?.dry_run === true && (
          <button
            type="button"
            className="button button-primary"
            disabled={importing.isPending}
            onClick={() => importing.mutate(false)}
          >
            Import
          </button>
        )}
      </div>
      {importing.isError && <ErrorNote error={importing.error} />}
      {report !== undefined && <Report report={report} />}
    </>
  );
}

async function readFile(file: File): Promise<{ ok: true; content: unknown } | { ok: false; why: string }> {
  if (file.size > MAX_BYTES) return { ok: false, why: 'The file is larger than 5 MiB.' };
  try {
    return { ok: true, content: JSON.parse(await file.text()) };
  } catch {
    return { ok: false, why: 'The file is not valid JSON.' };
  }
}
