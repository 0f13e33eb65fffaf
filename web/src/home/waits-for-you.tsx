import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { approvalsQuery } from '../api/approval-queries.js';
import { ApprovalRow } from '../approvals/approval-row.js';
import { useWaiting } from '../approvals/use-counts.js';
import { useNow } from '../ui/hooks.js';

const SHOWN = 3;

/** What this person is waited for; nothing while nothing waits. */
export function WaitsForYou() {
  const waiting = useWaiting();
  return waiting === 0 ? null : <Section waiting={waiting} />;
}

function Section({ waiting }: { waiting: number }) {
  const query = useInfiniteQuery(approvalsQuery({ status: 'pending' }));
  const now = useNow(1_000);
  const rows = query.data?.pages[0]?.approvals.slice(0, SHOWN) ?? [];
  if (rows.length === 0) return null;
  return (
    <section className="section" aria-labelledby="home-waits">
      <div className="section-head">
        <h2 id="home-waits">Waits for you</h2>
        {waiting > rows.length && <Link to="/approvals">all {waiting}</Link>}
      </div>
      <ul className="asks">
        {rows.map((approval) => (
          <ApprovalRow key={approval.id} approval={approval} now={now} current={false} />
        ))}
      </ul>
    </section>
  );
}
