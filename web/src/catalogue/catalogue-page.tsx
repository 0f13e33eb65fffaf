import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { catalogueQuery } from '../api/catalogue-queries.js';
import type { Service } from '../api/catalogue-types.js';
import { accountQuery } from '../api/identity-queries.js';
import { Page } from '../app/page.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { Icon } from '../ui/icons.js';
import { visible } from '../ui/visible.js';
import { ManageCatalogue } from './manage-catalogue.js';

/** Services that can be set up in a minute, and those that are. */
export function CataloguePage() {
  const { q: asked = '' } = useSearch({ from: '/inside/catalogue' });
  const navigate = useNavigate({ from: '/catalogue' });
  const [text, setText] = useState(asked);
  const q = useDeferredValue(text.trim());
  const query = useInfiniteQuery(catalogueQuery(q));
  const manages = useQuery(accountQuery).data?.instance_administrator === true;
  const services = query.data?.pages.flatMap((page) => page.services) ?? [];
  const search = (wanted: string) => {
    setText(wanted);
    void navigate({ search: wanted === '' ? {} : { q: wanted }, replace: true });
  };
  return (
    <Page title="Catalogue">
      <div className="section-head">
        <h1>Catalogue</h1>
        <input
          className="input"
          type="search"
          aria-label="Search services"
          placeholder="Search"
          value={text}
          onChange={({ target }) => search(target.value)}
        />
        <Link to="/servers/new" className="button">
          Add by URL
        </Link>
      </div>
      {query.isPending && <Loading what="the catalogue" lines={6} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && services.length === 0 && (
        <p className="empty">
          {q === '' ? 'The catalogue is empty.' : `No service fits ‘${q}’. `}
          {q !== '' && (
            <button type="button" className="button" onClick={() => search('')}>
              Clear search
            </button>
          )}
        </p>
      )}
      <ul className="services" data-testid="services">
        {services.map((service) => (
          <Card key={service.id} service={service} />
        ))}
      </ul>
      {query.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          More services
        </button>
      )}
      {manages && <ManageCatalogue />}
    </Page>
  );
}

function Card({ service }: { service: Service }) {
  const { id, name, title, description, version, runs, available, configured, unavailable_reason } = service;
  return (
    <li className="service" data-configured={configured} data-available={available}>
      <p className="service-name">
        <Link to="/catalogue/$serviceId" params={{ serviceId: id }}>
          {visible(title || name)}
        </Link>{' '}
        {configured && (
          <span className="tag tag-ok">
            <Icon name="check" size={9} /> set up
          </span>
        )}
        {runs === 'package' && <span className="tag">package</span>}
        {!service.enabled && <span className="tag">not offered</span>}
        {!available && <span className="tag tag-warn">not available</span>}
      </p>
      <p>{visible(description)}</p>
      {unavailable_reason !== null && <p className="dim">{visible(unavailable_reason)}</p>}
      <p className="dim mono service-id">
        {service.source === 'server' ? 'a server of yours' : `${visible(name)} ${visible(version)}`}
      </p>
    </li>
  );
}
