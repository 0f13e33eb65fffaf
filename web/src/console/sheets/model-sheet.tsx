import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { modelsQuery } from '../../api/queries.js';
import type { Model } from '../../api/types.js';
import { useLive, useLiveSession } from '../live-context.js';
import { announce } from '../../ui/announcer.js';
import { Dialog } from '../../ui/dialog.js';
import { ErrorNote, Loading } from '../../ui/feedback.js';
import { clock } from '../../ui/format.js';
import { chooseModel, PROVIDERS } from '../../models/choose-model.js';
import { modelFacts } from '../../models/model-words.js';

/** The models on offer, with what tells them apart; one answers in this session. */
export function ModelSheet({ onClose }: { onClose: () => void }) {
  const live = useLiveSession();
  const now = useLive((state) => state.session.connection);
  const models = useQuery(modelsQuery);
  const list = models.data?.models ?? [];
  const current = list.find(({ id, name }) =>
    now?.model_id === undefined ? name === now?.model : id === now.model_id,
  );
  const [wanted, setWanted] = useState<string>();
  const [failure, setFailure] = useState<unknown>();
  const picked = wanted ?? current?.id;

  const save = async () => {
    if (picked === undefined || picked === current?.id) return onClose();
    try {
      const reply = await chooseModel(live.sessionId, picked);
      onClose();
      if (reply && 'notice' in reply) announce(reply.notice);
    } catch (error) {
      setFailure(error);
    }
  };

  return (
    <Dialog
      title="Language model"
      onClose={onClose}
      testId="models"
      actions={
        models.isSuccess && (
          <button type="submit" form="model-choice" className="button button-primary" disabled={picked === undefined}>
            Use this model
          </button>
        )
      }
    >
      {models.isPending && <Loading what="the models" />}
      {models.isError && <ErrorNote error={models.error} onRetry={() => void models.refetch()} />}
      {models.isSuccess && (
        <form
          id="model-choice"
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <fieldset className="models">
            <legend className="field-label">Answers in this session from the next reply on</legend>
            {list.map((model) => (
              <label key={model.id} className="model" data-chosen={model.id === picked}>
                <input
                  type="radio"
                  name="model"
                  value={model.id}
                  autoFocus={model.id === current?.id}
                  checked={model.id === picked}
                  onChange={() => setWanted(model.id)}
                />
                <ModelRow model={model} />
              </label>
            ))}
          </fieldset>
          {list.length === 1 && (
            <p className="dim">Whoever runs this instance can offer more: a key, or a list in LLM_MODELS.</p>
          )}
          {failure !== undefined && <ErrorNote error={failure} />}
        </form>
      )}
    </Dialog>
  );
}

function ModelRow({ model }: { model: Model }) {
  const { name, id, provider } = model;
  return (
    <span className="model-text">
      <span>
        <span className="mono">{name}</span> {model.default && <span className="tag">default</span>}
        {!model.available && <span className="tag tag-warn">resting</span>}
      </span>
      <span className="model-facts">
        {PROVIDERS[provider] ?? provider}
        {provider !== 'offline' && ` · ${modelFacts(model)}`}
        {id !== `${provider}:${name}` && id !== provider && ` · ${id}`}
      </span>
      {!model.available && (
        <span className="model-facts">
          Not asked{model.unavailable_until === null ? '' : ` until ${clock(model.unavailable_until)}`}:{' '}
          {model.unavailable_reason ?? 'it is out of service'}.
        </span>
      )}
    </span>
  );
}
