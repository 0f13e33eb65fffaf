import type { ClientFeature } from '../api/types.js';
import type { Draft } from './server-form.js';

const WORDS: Readonly<Record<ClientFeature, string>> = {
  sampling: 'sampling: words from the model of the client',
  roots: 'folders (roots) that the client works in',
};

/** What a server may ask of the clients that come to it through the gateway, beside questions for people. */
export function AskingFields({
  draft: { client_features: chosen },
  onChange,
}: {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
}) {
  return (
    <fieldset className="choice">
      <legend className="field-label">May ask MCP clients for</legend>
      {(Object.keys(WORDS) as ClientFeature[]).map((feature) => (
        <label key={feature} className="check">
          <input
            type="checkbox"
            name={feature}
            checked={chosen.includes(feature)}
            onChange={({ target }) =>
              onChange({
                client_features: target.checked ? [...chosen, feature] : chosen.filter((one) => one !== feature),
              })
            }
          />
          {WORDS[feature]}
        </label>
      ))}
    </fieldset>
  );
}
