import { useState } from 'react';
import { call } from '../api/http.js';
import { Problem } from '../api/problem.js';
import { queryClient } from '../api/queries.js';
import type { McpServer } from '../api/types.js';
import { ErrorNote } from '../ui/feedback.js';
import { ServerFields } from './server-fields.js';
import { draftOf, endsSignIns, leadsElsewhere, toChange } from './server-form.js';

export function ServerSettings({ server }: { server: McpServer }) {
  const [draft, setDraft] = useState(() => draftOf(server));
  const [state, setState] = useState<'idle' | 'saving' | 'saved'>('idle');
  const [failure, setFailure] = useState<unknown>();

  const save = async () => {
    setState('saving');
    setFailure(undefined);
    try {
      const saved = await call<McpServer>('PUT', `/servers/${server.id}`, { body: toChange(draft) });
      setDraft(draftOf(saved));
      await queryClient.invalidateQueries({ queryKey: ['servers'] });
      void queryClient.invalidateQueries({ queryKey: ['tools', server.id] });
      setState('saved');
    } catch (error) {
      setFailure(error);
      setState('idle');
    }
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <ServerFields
        draft={draft}
        onChange={(part) => {
          setDraft({ ...draft, ...part });
          setState('idle');
        }}
        errors={failure instanceof Problem ? failure.fields : {}}
        secretSet={server.credentials_set === true && !leadsElsewhere(server.url, draft.url.trim())}
      />
      {endsSignIns(server, draft) && (
        <p className="note note-warn" role="status">
          Saving this ends the sign-ins that there are: accounts at this server have to be connected again.
        </p>
      )}
      <div className="row">
        <button type="submit" className="button" disabled={state === 'saving'}>
          {state === 'saving' ? 'Saving…' : 'Save changes'}
        </button>
        <span role="status">{state === 'saved' ? 'Saved.' : ''}</span>
      </div>
      {failure !== undefined && <ErrorNote error={failure} />}
    </form>
  );
}
