import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { instanceQuery } from '../api/queries.js';

/** Everybody who is signed in is told: whoever runs the instance is among them. */
export function Unclaimed() {
  const instance = useQuery(instanceQuery).data;
  if (instance?.claimed !== false) return null;
  return (
    <div className="note note-row" role="status">
      This instance has no administrator yet. If you run it, claim it.
      <Link to="/claim" className="button">
        Claim it
      </Link>
    </div>
  );
}
