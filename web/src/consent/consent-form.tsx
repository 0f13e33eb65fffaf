import type { AskedServer, ConsentQuestion } from '../api/consent-types.js';
import { endSignIn, forgetPerson } from '../api/signed-in.js';
import { plural } from '../ui/format.js';
import { visible } from '../ui/visible.js';
import { CAUTION_WORDS, SCOPE_WORDS, standing, whatFor, whereTo } from './consent-words.js';

interface ConsentFormProps {
  question: ConsentQuestion;
  /** The one that is chosen. */
  organization: string;
  busy: boolean;
  /** The question is still that of another organization. */
  stale: boolean;
  onOrganization: (id: string) => void;
  onDecide: (decision: 'allow' | 'deny') => void;
}

/** Everything that a stranger wrote is text, with what is hidden in it named. */
export function ConsentForm({ question, organization, busy, stale, onOrganization, onDecide }: ConsentFormProps) {
  const { client, cautions, resource, username } = question;
  return (
    <div data-testid="consent">
      <p className="consent-client">
        <strong className="mono">{visible(client.name)}</strong> <span className="dim">asks for access.</span>
      </p>
      <p className="dim">{standing(question)}</p>
      <dl className="consent-facts">
        <dt>The answer goes to</dt>
        <dd data-testid="consent-redirect">{visible(whereTo(question))}</dd>
        <dt>For the organization</dt>
        <dd>
          <Organization {...{ question, organization, busy, onOrganization }} />
        </dd>
        <dt>You are signed in as</dt>
        <dd className="consent-person">
          {visible(username)}
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
        <p key={caution} className="note note-warn">
          {CAUTION_WORDS[caution]}
        </p>
      ))}
      <h2 className="consent-part">It may</h2>
      <ul className="consent-scopes">
        {question.scopes.map((scope) => (
          <li key={scope}>
            {SCOPE_WORDS[scope]}{' '}
            <span className="consent-scope dim">
              {scope}
              {question.new_scopes.includes(scope) && question.new_scopes.length < question.scopes.length && (
                <span className="tag tag-warn">new</span>
              )}
            </span>
          </li>
        ))}
      </ul>
      <h2 className="consent-part">Where</h2>
      {resource.found ? <Contents question={question} /> : <Nothing question={question} />}
      <div className="row consent-answer">
        <button
          type="button"
          className="button button-primary"
          disabled={busy || stale || !resource.found}
          onClick={() => onDecide('allow')}
        >
          Allow
        </button>
        <button type="button" className="button" disabled={busy} onClick={() => onDecide('deny')}>
          Deny
        </button>
      </div>
      {resource.found && <p className="dim">You can end it at any time: Settings, Credentials.</p>}
    </div>
  );
}

function Organization(props: Omit<ConsentFormProps, 'stale' | 'onDecide'>) {
  const { question, organization, busy, onOrganization } = props;
  const { organizations } = question;
  const [only, second] = organizations;
  if (only && !second) return <>{`${visible(only.name)}, as ${only.role}`}</>;
  // Names in full: what is cut off could be another one.
  return (
    <div className="consent-organizations" role="radiogroup" aria-label="Organization">
      {organizations.map(({ id, name, role }) => (
        <label key={id} className="check">
          <input
            type="radio"
            name="organization"
            checked={id === organization}
            disabled={busy}
            onChange={() => onOrganization(id)}
          />
          <span>
            {visible(name)} <span className="dim">as {role}</span>
          </span>
        </label>
      ))}
    </div>
  );
}

function Nothing({ question: { resource, organizations } }: { question: ConsentQuestion }) {
  return (
    <div className="note note-error" role="alert">
      <p>
        In this organization there is nothing for you at <span className="consent-url">{visible(resource.url)}</span>
      </p>
      <p>
        {organizations.length > 1 && 'Choose another organization above, or '}
        {organizations.length > 1 ? 'correct' : 'Correct'} the address in the client, or ask an administrator for access
        to it.
      </p>
    </div>
  );
}

function Contents({ question }: { question: ConsentQuestion }) {
  const { servers, server_count, scopes } = question;
  return (
    <>
      <p>{whatFor(question)}</p>
      {servers.length === 0 && (
        <p className="note">
          There is nothing to {scopes.includes('mcp:execute') ? 'use' : 'see'} now. What you get access to later, the
          client finds, too.
        </p>
      )}
      <ul className="consent-servers">
        {servers.map((server) => (
          <li key={server.id}>
            <Server server={server} open={server_count === 1} />
          </li>
        ))}
      </ul>
      {server_count > servers.length && (
        <p className="dim">and {plural(server_count - servers.length, 'more server')}</p>
      )}
    </>
  );
}

function Server({ server: { name, tool_count, tools }, open }: { server: AskedServer; open: boolean }) {
  const count = tool_count === null ? 'tools not known yet' : plural(tool_count, 'tool');
  const line = (
    <span>
      {visible(name)} <span className="dim">· {count}</span>
    </span>
  );
  if (tools.length === 0) return <p className="consent-bare">{line}</p>;
  const others = (tool_count ?? 0) - tools.length;
  return (
    <details className="fold" open={open}>
      <summary>{line}</summary>
      <ul className="consent-tools" aria-label={`Tools of ${visible(name)}`}>
        {tools.map((tool) => (
          <li key={tool}>{visible(tool)}</li>
        ))}
        {others > 0 && <li>and {others} more</li>}
      </ul>
    </details>
  );
}
