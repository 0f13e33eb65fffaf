import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { connectQuery, toolsetsQuery } from '../api/toolset-queries.js';
import type { Auth, Connection, Setup } from '../api/toolset-types.js';
import { Page } from '../app/page.js';
import { mayOn } from '../servers/access-words.js';
import { useAllServers } from '../servers/all-servers.js';
import { CopyBox } from '../ui/copy.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { Field } from '../ui/field.js';
import { visible } from '../ui/visible.js';
import { AUTH_WORDS, CLIENT_WORDS, HINT_WORDS } from './client-words.js';

/** How an MCP client is made to know this instance: what to connect, which client, and what to paste where. */
export function ConnectPage() {
  const search = useSearch({ from: '/inside/connect' });
  const navigate = useNavigate({ from: '/connect' });
  const { server, toolset, client, auth = 'oauth' } = search;
  const connection = useQuery(connectQuery({ server, toolset }));
  const choose = (change: object) => void navigate({ search: { ...search, ...change }, replace: true });
  return (
    <Page title="Connect">
      <h1>Connect a client</h1>
      <p className="dim">
        One address for your editor, your assistant or another agent: your servers stand behind it, with their policies,
        approvals and the log.
      </p>
      <What
        value={server ? `server ${server}` : toolset ? `toolset ${toolset}` : 'all'}
        onChange={(kind, id) =>
          choose({
            server: kind === 'server' ? id : undefined,
            toolset: kind === 'toolset' ? id : undefined,
          })
        }
      />
      {connection.isPending && <Loading what="the configuration" lines={6} />}
      {connection.isError && (
        <ErrorNote error={connection.error} onRetry={() => void connection.refetch()}>
          {(server ?? toolset) !== undefined && (
            <button type="button" className="button" onClick={() => choose({ server: undefined, toolset: undefined })}>
              Connect to all servers
            </button>
          )}
        </ErrorNote>
      )}
      {connection.data && !connection.isError && (
        // What is of another choice is not to be copied.
        <div className="waits" aria-busy={connection.isPlaceholderData} inert={connection.isPlaceholderData}>
          <Ways
            connection={connection.data}
            client={client ?? 'claude-code'}
            auth={auth}
            onClient={(chosen) => choose({ client: chosen })}
            onAuth={(chosen) => choose({ auth: chosen })}
          />
        </div>
      )}
    </Page>
  );
}

/** The choice of what is connected. */
function What({ value, onChange }: { value: string; onChange: (kind: string, id: string) => void }) {
  const all = useAllServers();
  const ofToolsets = useQuery(toolsetsQuery);
  const toolsets = ofToolsets.data ?? [];
  const usable = all.servers.filter((one) => mayOn(one, 'use'));
  const isWhole = all.isWhole && ofToolsets.data !== undefined;
  const isListed = value === 'all' || [...usable, ...toolsets].some(({ id }) => value.endsWith(` ${id}`));
  const failure = all.error ?? (ofToolsets.data === undefined ? ofToolsets.error : null);
  return (
    <div className="narrow-form connect-what">
      <Field label="Connect it to">
        <select
          className="input"
          value={value}
          onChange={({ target }) => {
            const [kind = 'all', id = ''] = target.value.split(' ');
            onChange(kind, id);
          }}
        >
          <option value="all">all servers that I may use</option>
          {!isListed && <option value={value}>{isWhole ? 'what is not there any more' : 'what you chose'}</option>}
          {toolsets.length > 0 && (
            <optgroup label="A toolset">
              {toolsets.map(({ id, name }) => (
                <option key={id} value={`toolset ${id}`}>
                  {visible(name)}
                </option>
              ))}
            </optgroup>
          )}
          {usable.length > 0 && (
            <optgroup label="One server">
              {usable.map(({ id, name }) => (
                <option key={id} value={`server ${id}`}>
                  {visible(name)}
                </option>
              ))}
            </optgroup>
          )}
        </select>
      </Field>
      {failure !== null && (
        <ErrorNote
          title="Servers and toolsets were not listed"
          error={failure}
          onRetry={() => {
            all.retry();
            void ofToolsets.refetch();
          }}
        />
      )}
      <p className="dim field-hint">
        Too many tools for one client? <Link to="/toolsets">Make a toolset</Link>.
      </p>
    </div>
  );
}

interface WaysProps {
  connection: Connection;
  client: string;
  auth: Auth;
  onClient: (client: string) => void;
  onAuth: (auth: Auth) => void;
}

function Ways({ connection, client, auth, onClient, onAuth }: WaysProps) {
  const { url, hints, setups } = connection;
  const clients = [...new Set(setups.map((setup) => setup.client))];
  const shown = clients.includes(client) ? client : clients[0];
  const ofClient = setups.filter((setup) => setup.client === shown);
  const auths = (['oauth', 'api_key'] as const).filter((one) => ofClient.some((setup) => setup.auth === one));
  const chosen = auths.includes(auth) ? auth : (auths[0] ?? 'oauth');
  return (
    <>
      <p className="field-label connect-address">Its address</p>
      <CopyBox name="the address" text={url} />
      {hints.map((hint) => (
        <p key={hint} className="note" role="note">
          {HINT_WORDS[hint]}
        </p>
      ))}
      <section className="section" aria-labelledby="client">
        <h2 id="client">Client</h2>
        <div className="chips" role="group" aria-label="Client">
          {clients.map((one) => (
            <button key={one} type="button" className="chip" aria-pressed={one === shown} onClick={() => onClient(one)}>
              {CLIENT_WORDS[one] ?? one}
            </button>
          ))}
        </div>
        {auths.length > 1 && (
          <div className="chips" role="group" aria-label="How it proves who you are">
            {auths.map((one) => (
              <button
                key={one}
                type="button"
                className="chip"
                aria-pressed={one === chosen}
                onClick={() => onAuth(one)}
              >
                {AUTH_WORDS[one]}
              </button>
            ))}
          </div>
        )}
        <AboutAuth auth={chosen} />
        <ul className="setups" data-testid="setups">
          {ofClient
            .filter((setup) => setup.auth === chosen)
            .map((setup) => (
              <Way key={setup.title} setup={setup} />
            ))}
        </ul>
      </section>
    </>
  );
}

function AboutAuth({ auth }: { auth: Auth }) {
  if (auth === 'oauth') {
    return (
      <p className="dim">
        When the client connects, your browser opens this instance: you sign in, see which client asks for what, and
        allow it or not. The client never gets your password.
      </p>
    );
  }
  return (
    <p className="dim">
      A key acts as you until it ends; limit it to the tools that the client needs. No key is in the texts below:{' '}
      <Link to="/settings/keys">make one</Link>.
    </p>
  );
}

function Way({ setup: { title, kind, text, path, steps } }: { setup: Setup }) {
  return (
    <li className="setup">
      <h3>{title}</h3>
      <ol className="setup-steps">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {path !== undefined && <p className="dim mono">{path}</p>}
      {kind === 'link' && (
        <p>
          <a className="button button-primary" href={text}>
            Install in {title.replace(/, by a link$/, '')}
          </a>
        </p>
      )}
      <CopyBox name={`${title}, the ${kind}`} text={text} lines={kind !== 'link'} />
    </li>
  );
}
