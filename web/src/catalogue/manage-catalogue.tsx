import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { packagesQuery } from '../api/catalogue-queries.js';
import type { CatalogueImported } from '../api/catalogue-types.js';
import { call } from '../api/http.js';
import { queryClient } from '../api/queries.js';
import { Confirm } from '../ui/confirm.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { TextField } from '../ui/field.js';
import { plural } from '../ui/format.js';
import { visible } from '../ui/visible.js';

const changed = () => queryClient.invalidateQueries({ queryKey: ['catalogue'] });

/** For whoever runs the instance: entries, and the exact packages that it may run. */
export function ManageCatalogue() {
  return (
    <section className="section" aria-labelledby="manage-catalogue">
      <h2 id="manage-catalogue">For whoever runs this instance</h2>
      <AddEntry />
      <Import />
      <Packages />
    </section>
  );
}

function AddEntry() {
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState<string>();
  const adding = useMutation({
    mutationFn: (document: unknown) => call('POST', '/catalogue', { body: { server_json: document } }),
    onSuccess: () => {
      setText('');
      void changed();
    },
  });
  const add = () => {
    try {
      setWrong(undefined);
      adding.mutate(JSON.parse(text));
    } catch (error) {
      setWrong(`Not valid JSON: ${error instanceof Error ? error.message : ''}`);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <label className="field">
        <span className="field-label">Add by its server.json</span>
        <textarea
          className="input mono"
          rows={5}
          spellCheck={false}
          placeholder={'{ "name": "com.example/notes", "description": "…", "version": "1.0.0", "remotes": […] }'}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {wrong !== undefined && <span className="form-error">{wrong}</span>}
      </label>
      <button type="submit" className="button" disabled={text.trim() === '' || adding.isPending}>
        Add entry
      </button>
      {adding.isError && <ErrorNote error={adding.error} />}
      {adding.isSuccess && <p role="status">Added.</p>}
    </form>
  );
}

function Import() {
  const [url, setUrl] = useState('');
  const importing = useMutation({
    mutationFn: () =>
      call<CatalogueImported>('POST', '/catalogue/import', { body: { url: url.trim() }, timeout: 120_000 }),
    onSuccess: () => {
      setUrl('');
      void changed();
    },
  });
  return (
    <form
      className="inline-form manage-part"
      onSubmit={(event) => {
        event.preventDefault();
        importing.mutate();
      }}
    >
      <TextField
        label="Import from a URL: a server.json, or a registry's list"
        type="url"
        placeholder="https://registry.example.com/v0/servers"
        value={url}
        onChange={setUrl}
      />
      <button type="submit" className="button" disabled={url.trim() === '' || importing.isPending}>
        {importing.isPending ? 'Importing…' : 'Import'}
      </button>
      {importing.isError && <ErrorNote error={importing.error} />}
      {importing.data && <Outcome of={importing.data} />}
    </form>
  );
}

function Outcome({ of: { added, changed: renewed, left_out } }: { of: CatalogueImported }) {
  return (
    <div role="status">
      <p>
        {plural(added.length, 'entry', 'entries')} added, {renewed.length} changed, {left_out.length} left out.
      </p>
      {left_out.length > 0 && (
        <ul className="issues">
          {left_out.map(({ name, reason }) => (
            <li key={name}>
              <span className="mono">{visible(name)}</span> {visible(reason)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Packages() {
  const packages = useQuery(packagesQuery);
  const [name, setName] = useState('');
  const [version, setVersion] = useState('');
  const listing = useMutation({
    mutationFn: () =>
      call('POST', '/catalogue/packages', {
        body: { package: name.trim(), version: version.trim() },
        // It is installed before it answers.
        timeout: 150_000,
      }),
    onSuccess: () => {
      setName('');
      setVersion('');
      void changed();
    },
  });
  return (
    <>
      <h3>Packages that may run</h3>
      <p className="dim">
        Exactly these, each in this version, run as processes beside the product. A process is not a sandbox: list only
        what you trust as you trust this program.
      </p>
      {packages.isPending && <Loading what="the packages" />}
      {packages.isError && <ErrorNote error={packages.error} onRetry={() => void packages.refetch()} />}
      {packages.data?.length === 0 && <p className="empty">None: no package runs here.</p>}
      <ul className="entries">
        {packages.data?.map((one) => (
          <li key={one.id} className="line">
            <span className="mono line-meta">
              {visible(one.package)} {visible(one.version)}
            </span>
            <span className="dim">{plural(one.servers, 'server')}</span>
            <Unlist id={one.id} about={`${one.package} ${one.version}`} />
          </li>
        ))}
      </ul>
      <form
        className="inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          listing.mutate();
        }}
      >
        <TextField label="Package" placeholder="@scope/name" value={name} onChange={setName} />
        <TextField label="Exact version" placeholder="1.2.3" value={version} onChange={setVersion} />
        <button
          type="submit"
          className="button"
          disabled={name.trim() === '' || version.trim() === '' || listing.isPending}
        >
          List it
        </button>
        {listing.isError && <ErrorNote error={listing.error} />}
      </form>
    </>
  );
}

function Unlist({ id, about }: { id: string; about: string }) {
  const removing = useMutation({ mutationFn: () => call('DELETE', `/catalogue/packages/${id}`), onSettled: changed });
  return (
    <>
      <Confirm
        label="Take off"
        about={about}
        question="Servers that run it stop."
        sure="Take off"
        busy={removing.isPending}
        run={() => removing.mutate()}
      />
      {removing.isError && <ErrorNote error={removing.error} />}
    </>
  );
}
