import type { AskedServer, ConsentQuestion } from '../api/consent-types.js';
import { endSignIn, forgetPerson } from '../api/signed-in.js';
import { plural } from '../ui/format.js';
import { visible } from '../ui/visible.js';
import { CAUTION_WORDS, SCOPE_WORDS, standing, whatFor, whereTo } from './consent-words.js';

interface ConsentFormProps {
  question: ConsentQuestion;
  busy: boolean;
  onOrganization: (id: string) => void;
  onDecide: (decision: 'allow' | 'deny') => void;
}

/** Everything that a stranger wrote is text, with what is hidden in it named. */
export function ConsentForm({ question, busy, onOrganization, onDecide }: ConsentFormProps) {
  const { client, cautions, resource, username } = question;
  return (
    <div data-testid="consent">
      <p className="consent-client">
        <strong className="mono">{visible(client.name)}</strong> <span className="dim">asks for access.</span>
      </p>
      <p className="dim">{standing(question)}</p>
      <dl className="consent-facts">
        <dt>Answer goes to</dt>
        <dd className="mono" data-testid="consent-redirect">
          {visible(whereTo(question))}
        </dd>
        <dt>In</dt>
        <dd>
          <Organization question={question} busy={busy} onOrganization={onOrganization} />
        </dd>
        <dt>You are</dt>
        <dd>
          {username}{' '}
          <button
            type="button"
            className="button button-quiet"
            onClick={() => {
              endSignIn();
              forgetPerson();
            }}
          >
            Not you?
          </button>
        </dd>
      </dl>
      {cautions.map((caution) => (
        <p key={caution} className="note consent-caution">
          {CAUTION_WORDS[caution]}
        </p>
      ))}
      <h2 className="consent-part">It may</h2>
      <ul className="consent-scopes">
        {question.scopes.map((scope) => (
          <li key={scope}>
            {SCOPE_WORDS[scope]} <span className="mono dim">{scope}</span>
            {question.new_scopes.includes(scope) && question.new_scopes.length < question.scopes.length && (
              <>
                {' '}
                <span className="tag tag-warn">new</span>
              </>
            )}
          </li>
        ))}
      </ul>
      <h2 className="consent-part">At</h2>
      {resource.found ? (
        <Contents question={question} />
      ) : (
        <p className="note note-error" role="alert">
          In this organization there is nothing for you at <span className="mono">{visible(resource.url)}</span>.
        </p>
      )}
      <div className="row consent-answer">
        <button
          type="button"
          className="button button-primary"
          disabled={busy || !resource.found}
          onClick={() => onDecide('allow')}
        >
          Allow
        </button>
        <button type="button" className="button" disabled={busy} onClick={() => onDecide('deny')}>
          Deny
        </button>
      </div>
      <p className="dim">You can end it at any time, in Settings under Credentials.</p>
    </div>
  );
}

function Organization({ question, busy, onOrganization }: Omit<ConsentFormProps, 'onDecide'>) {
  const { organizations, organization_id } = question;
  const [only, second] = organizations;
  if (only && !second) return <>{`${only.name}, as ${only.role}`}</>;
  return (
    <select
      className="input"
      aria-label="Organization"
      value={organization_id}
      disabled={busy}
      onChange={(event) => onOrganization(event.target.value)}
    >
      {organizations.map(({ id, name, role }) => (
        <option key={id} value={id}>
          {name}, as {role}
        </option>
      ))}
    </select>
  );
}

function Contents({ question }: { question: ConsentQuestion }) {
  const { servers, server_count } = question;
  return (
    <>
      <p>{whatFor(question)}</p>
      <ul className="consent-servers">
        {servers.map((server) => (
          <li key={server.id}>
            <Server server={server} />
          </li>
        ))}
      </ul>
      {server_count > servers.length && (
        <p className="dim">and {plural(server_count - servers.length, 'more server')}</p>
      )}
    </>
  );
}

function Server({ server: { name, tool_count, tools } }: { server: AskedServer }) {
  const count = tool_count === null ? 'not seen yet' : plural(tool_count, 'tool');
  if (tools.length === 0) return <>{`${visible(name)} · ${count}`}</>;
  const others = (tool_count ?? 0) - tools.length;
  return (
    <details className="fold">
      <summary>
        {visible(name)} <span className="dim">· {count}</span>
      </summary>
      <p className="mono consent-tools">
        {tools.map(visible).join(', ')}
        {others > 0 && `, and ${others} more`}
      </p>
    </details>
  );
}
