import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import { Problem } from '../api/problem.js';
import { instanceQuery, profileQuery, queryClient } from '../api/queries.js';
import type { User } from '../api/types.js';
import { useCommandContext } from '../app/active.js';
import { DENSITIES, setLook, THEMES, useLook } from '../app/look.js';
import { Page } from '../app/page.js';
import { ErrorNote, Loading } from '../ui/feedback.js';

const THEME_WORDS = {
  ink: 'ink: dark, the default',
  paper: 'paper: light',
  contrast: 'contrast: black and white, strong lines',
  signal: 'signal: dark, without red against green',
};

export function SettingsPage() {
  const look = useLook();
  const profile = useQuery(profileQuery);
  const instance = useQuery(instanceQuery).data;
  const { signOut } = useCommandContext();
  return (
    <Page title="Settings">
      <h1>Settings</h1>
      <section className="section" aria-labelledby="appearance">
        <h2 id="appearance">Appearance</h2>
        <Choice
          legend="Theme"
          options={THEMES}
          words={THEME_WORDS}
          value={look.theme}
          onChange={(theme) => setLook({ theme })}
        />
        <Choice
          legend="Density"
          options={DENSITIES}
          words={{ compact: 'compact', roomy: 'roomy' }}
          value={look.density}
          onChange={(density) => setLook({ density })}
        />
        <Choice
          legend="Agent prose"
          options={['mono', 'sans'] as const}
          words={{ mono: 'monospace', sans: 'reading face' }}
          value={look.reading}
          onChange={(reading) => setLook({ reading })}
        />
        <label className="check">
          <input type="checkbox" checked={look.times} onChange={(event) => setLook({ times: event.target.checked })} />
          Always show the time of a turn
        </label>
        <label className="check">
          <input type="checkbox" checked={look.seq} onChange={(event) => setLook({ seq: event.target.checked })} />
          Show the event number in the status line
        </label>
      </section>
      <section className="section" aria-labelledby="profile">
        <h2 id="profile">Profile</h2>
        {profile.isPending && <Loading what="your profile" />}
        {profile.isError && <ErrorNote error={profile.error} onRetry={() => void profile.refetch()} />}
        {profile.data && <ProfileForm key={profile.data.updated_at} user={profile.data} />}
      </section>
      <section className="section" aria-labelledby="session">
        <h2 id="session">This browser</h2>
        <p>Signing out clears drafts, history and queued messages here. Running plans go on.</p>
        <p className="row">
          <button type="button" className="button" onClick={signOut}>
            Sign out
          </button>
        </p>
        {instance && (
          <p className="dim mono">
            {instance.name} {instance.version} · {instance.environment} · model {instance.model}
          </p>
        )}
      </section>
    </Page>
  );
}

function Choice<Value extends string>(props: {
  legend: string;
  options: readonly Value[];
  words: Record<Value, string>;
  value: Value;
  onChange: (value: Value) => void;
}) {
  return (
    <fieldset className="choice">
      <legend className="field-label">{props.legend}</legend>
      {props.options.map((option) => (
        <label key={option} className="check">
          <input
            type="radio"
            name={props.legend}
            checked={props.value === option}
            onChange={() => props.onChange(option)}
          />
          {props.words[option]}
        </label>
      ))}
    </fieldset>
  );
}

function ProfileForm({ user }: { user: User }) {
  const [username, setUsername] = useState(user.username);
  const [state, setState] = useState<'idle' | 'saving' | 'saved'>('idle');
  const [failure, setFailure] = useState<unknown>();
  const fields = failure instanceof Problem ? failure.fields : {};

  const save = async () => {
    setState('saving');
    setFailure(undefined);
    try {
      await call<User>('PUT', '/user/profile', { body: { username: username.trim() } });
      await queryClient.invalidateQueries({ queryKey: profileQuery.queryKey });
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
      <div className="field-row">
        <label className="field">
          <span className="field-label">Username</span>
          <input
            className="input mono"
            name="username"
            required
            maxLength={64}
            autoComplete="username"
            value={username}
            onChange={(event) => setUsername(event.target.value)}
          />
          {fields.username !== undefined && <span className="form-error">{fields.username}</span>}
        </label>
        <div className="field">
          <span className="field-label">Email</span>
          <span className="mono fixed-value">{user.email}</span>
        </div>
      </div>
      <div className="row">
        <button
          type="submit"
          className="button button-primary"
          disabled={state === 'saving' || username.trim() === user.username}
        >
          Save
        </button>
        <span role="status">{state === 'saved' ? 'Saved.' : ''}</span>
      </div>
      {failure !== undefined && fields.username === undefined && <ErrorNote error={failure} />}
    </form>
  );
}
