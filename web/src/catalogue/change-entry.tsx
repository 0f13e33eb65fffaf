import { useMutation } from '@tanstack/react-query';
import type { ServiceDetail } from '../api/catalogue-types.js';
import { call } from '../api/http.js';
import { queryClient } from '../api/queries.js';
import { useCommandContext } from '../app/active.js';
import { Confirm } from '../ui/confirm.js';
import { ErrorNote } from '../ui/feedback.js';

/** For whoever runs the instance: offered or not, or taken out. */
export function ChangeEntry({ service }: { service: ServiceDetail }) {
  const { go } = useCommandContext();
  const changed = () => queryClient.invalidateQueries({ queryKey: ['catalogue'] });
  const { enabled } = service;
  const changing = useMutation({
    mutationFn: () => call('PATCH', `/catalogue/${service.id}`, { body: { enabled: !enabled } }),
    onSettled: changed,
  });
  const removing = useMutation({
    mutationFn: () => call('DELETE', `/catalogue/${service.id}`),
    onSuccess: () => {
      void changed();
      go('/catalogue');
    },
  });
  const failed = [changing, removing].find(({ isError }) => isError);
  return (
    <section className="section" aria-labelledby="entry">
      <h2 id="entry">The entry</h2>
      <p className="dim">You run this instance. Servers that were set up from it stay.</p>
      <div className="row">
        <button type="button" className="button" disabled={changing.isPending} onClick={() => changing.mutate()}>
          {enabled ? 'Stop offering it' : 'Offer it'}
        </button>
        <Confirm
          label="Remove it"
          question="It leaves the catalogue."
          sure="Remove"
          busy={removing.isPending}
          run={() => removing.mutate()}
        />
      </div>
      {failed && <ErrorNote error={failed.error} />}
    </section>
  );
}
