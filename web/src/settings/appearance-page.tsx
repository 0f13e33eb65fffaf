import { useQuery } from '@tanstack/react-query';
import { instanceQuery } from '../api/queries.js';
import { useCommandContext } from '../app/active.js';
import { DENSITIES, setLook, THEMES, useLook } from '../app/look.js';
import { SettingsPage } from './settings-page.js';

const THEME_WORDS = {
  ink: 'ink: dark, the default',
  paper: 'paper: light',
  contrast: 'contrast: black and white, strong lines',
  signal: 'signal: dark, without red against green',
};

export function AppearancePage() {
  const look = useLook();
  const instance = useQuery(instanceQuery).data;
  const { signOut } = useCommandContext();
  return (
    <SettingsPage path="appearance">
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
    </SettingsPage>
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
