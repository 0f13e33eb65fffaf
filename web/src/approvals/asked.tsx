import type { Approval } from '../api/approval-types.js';
import { visible } from '../ui/visible.js';
import { programWords } from './approval-words.js';

/** Who asked, and through what. The owner of a key gave it its name; a client gave itself its own. */
export function Asked({ approval }: { approval: Pick<Approval, 'requested_by' | 'via' | 'via_name'> }) {
  const { requested_by: person, via, via_name } = approval;
  const program = programWords(approval);
  return (
    <p data-testid="approval-asked">
      <span className="dim">Asked by </span>
      {person === null ? 'the server itself' : visible(person.username)}
      {program !== undefined && (
        <>
          <span className="dim"> through </span>
          {program}
        </>
      )}
      .
      {via === 'oauth' && via_name !== null && (
        <span className="dim"> It calls itself so: nobody has checked its name.</span>
      )}
    </p>
  );
}
