import { useState } from 'react';
import { call } from '../api/http.js';
import { Problem } from '../api/problem.js';
import { queryClient } from '../api/queries.js';
import type { McpServer } from '../api/types.js';
import { ErrorNote } from '../ui/feedback.js';
import { Unsaved } from '../ui/unsaved.js';
import { ServerFields } from './server-fields.js';
import { type Draft, draftOf, endsSignIns, leadsElsewhere, toChange } from './server-form.js';

export function ServerSettings({ server }: { server: McpServer }) {
  const [kept, setKept] = useState(() => draftOf(server));
  const [draft, setDraft] = useState(kept);
  const [state, setState] = useState<'idle' | 'saving' | 'saved'>('idle');
  const [failure, setFailure] = useState<unknown>();

  const isChanged = JSON.stringify(draft) !== JSON.stringify(kept);
  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    setState('idle');
  };

  const save = async () => {
    setState('saving');
    setFailure(undefined);
    try {
      const saved = await call<McpServer>('PUT', `/servers/${server.id}`, { body: toChange(draft) });
      setKept(draftOf(saved));
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
        onChange={change}
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
        {isChanged && state !== 'saving' && (
          <button type="button" className="button" onClick={() => change(kept)}>
            Discard changes
          </button>
        )}
        <span role="status">{state === 'saved' ? 'Saved.' : ''}</span>
      </div>
      {failure !== undefined && <ErrorNote error={failure} />}
      <Unsaved when={isChanged && state !== 'saving'} what="this server" />
    </form>
  );
}
