import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { serviceQuery } from '../api/catalogue-queries.js';
import type { ServiceDetail } from '../api/catalogue-types.js';
import { accountQuery, useMay } from '../api/identity-queries.js';
import { Page } from '../app/page.js';
import { ServerName } from '../servers/server-name.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { visible } from '../ui/visible.js';
import { ConfigureForm } from './configure-form.js';
import { ChangeEntry } from './change-entry.js';

export function ServicePage() {
  const { serviceId } = useParams({ from: '/inside/catalogue/$serviceId' });
  const query = useQuery(serviceQuery(serviceId));
  const title = query.data?.title || query.data?.name || 'Service';
  return (
    <Page
      title={title}
      crumb={
        <>
          <Link to="/catalogue">Catalogue</Link> / {visible(title)}
        </>
      }
    >
      {query.isPending && <Loading what="the service" lines={5} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Detail key={query.data.id} service={query.data} />}
    </Page>
  );
}

function Detail({ service }: { service: ServiceDetail }) {
  const { name, title, description, version, homepage, server_ids, available, unavailable_reason, runs } = service;
  const mayAdd = useMay('servers.create');
  const manages = useQuery(accountQuery).data?.instance_administrator === true;
  const link = homepage !== null && /^https?:\/\//i.test(homepage) ? homepage : undefined;
  return (
    <>
      <div className="section-head">
        <h1>{visible(title || name)}</h1>
        {runs === 'package' && <span className="tag">package</span>}
        <span className="mono dim">{visible(version)}</span>
      </div>
      <p>{visible(description)}</p>
      {link !== undefined && (
        <p className="dim">
          By its own words at{' '}
          <a className="service-link" href={link} target="_blank" rel="noopener noreferrer">
            {visible(link)}
          </a>
        </p>
      )}
      {server_ids.length > 0 && (
        <p className="note">
          Set up here:{' '}
          {server_ids.map((id, at) => (
            <span key={id}>
              {at > 0 && ', '}
              <Link to="/servers/$serverId" params={{ serverId: id }} className="mono">
                <ServerName id={id} />
              </Link>
            </span>
          ))}
        </p>
      )}
      {!available && <p className="note">{visible(unavailable_reason ?? 'It is not available here.')}</p>}
      {available && mayAdd && <ConfigureForm service={service} />}
      {available && !mayAdd && <p className="note">Setting it up takes a developer or an admin of the organization.</p>}
      {service.capabilities.length > 0 && (
        <p className="dim">It offers, by its own words: {visible(service.capabilities.join(', '))}.</p>
      )}
      {manages && service.source !== 'server' && <ChangeEntry service={service} />}
    </>
  );
}
