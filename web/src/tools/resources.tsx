import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import { useMay } from '../api/identity-queries.js';
import { resourcesQuery } from '../api/queries.js';
import type { CallAnswer } from '../api/tool-types.js';
import type { McpServer } from '../api/types.js';
import { mayOn } from '../servers/access-words.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { TextField } from '../ui/field.js';
import { bytes } from '../ui/format.js';
import { visible } from '../ui/visible.js';
import { ResultView } from './result-view.js';

/** What a server has to read, and what one of it says. */
export function Resources({ server }: { server: McpServer }) {
  const resources = useQuery(resourcesQuery(server.id));
  const mayUse = useMay('sessions.use') && mayOn(server, 'use');
  const [uri, setUri] = useState('');
  const reading = useMutation({
    mutationFn: (wanted: string) =>
      call<CallAnswer>('POST', `/servers/${server.id}/resources/read`, { body: { uri: wanted }, timeout: 120_000 }),
  });
  if (resources.isPending) return <Loading what="the resources" />;
  if (resources.isError) return <ErrorNote error={resources.error} onRetry={() => void resources.refetch()} />;
  const { resources: all, templates = [] } = resources.data;
  const read = (wanted: string) => {
    setUri(wanted);
    reading.mutate(wanted);
  };
  return (
    <>
      {all.length === 0 && templates.length === 0 && <p className="empty">This server has no resources.</p>}
      {(all.length > 0 || templates.length > 0) && mayUse && (
        <form
          className="inline-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (uri.trim() !== '') reading.mutate(uri.trim());
          }}
        >
          <TextField
            label="URI"
            value={uri}
            onChange={setUri}
            placeholder={templates[0]?.uri_template ?? all[0]?.uri}
          />
          <button type="submit" className="button" disabled={reading.isPending || uri.trim() === ''}>
            {reading.isPending ? 'Reading…' : 'Read'}
          </button>
        </form>
      )}
      {reading.isError && <ErrorNote error={reading.error} />}
      {reading.data && <ResultView answer={reading.data} />}
      <ul className="entries">
        {all.map((one) => (
          <li key={one.uri} className="entry">
            <div className="entry-text">
              <p>
                <strong className="mono">{visible(one.name)}</strong>{' '}
                <span className="mono dim">{visible(one.uri)}</span>
              </p>
              {one.description !== undefined && one.description !== '' && <p>{visible(one.description)}</p>}
              <p className="entry-meta dim">
                {one.mime_type != null && <span>{visible(one.mime_type)}</span>}
                {one.size !== undefined && <span>{bytes(one.size)}</span>}
              </p>
            </div>
            {mayUse && (
              <button type="button" className="button" aria-label={`Read ${one.name}`} onClick={() => read(one.uri)}>
                Read
              </button>
            )}
          </li>
        ))}
        {templates.map((one) => (
          <li key={one.uri_template} className="entry">
            <div className="entry-text">
              <p>
                <strong className="mono">{visible(one.name)}</strong>{' '}
                <span className="mono dim">{visible(one.uri_template)}</span>
              </p>
              {one.description !== undefined && one.description !== '' && <p>{visible(one.description)}</p>}
            </div>
            {mayUse && (
              <button type="button" className="button" onClick={() => setUri(one.uri_template)}>
                Fill in
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
