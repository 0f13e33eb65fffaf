import { Link } from '@tanstack/react-router';
import type { Approval } from '../api/approval-types.js';
import { Icon } from '../ui/icons.js';
import { Moment } from '../ui/moment.js';
import { visible } from '../ui/visible.js';
import {
  argumentWords,
  askedWords,
  doorWords,
  endWords,
  KIND_WORDS,
  left,
  riskWords,
  sentence,
  STATUS_ICONS,
  tellsMore,
  waited,
} from './approval-words.js';

/** One request in the list: who, what, why, how dangerous, how old. */
export function ApprovalRow({ approval, now, current }: { approval: Approval; now: number; current: boolean }) {
  const { id, kind, status, tool, server, title, why, created_at, expires_at } = approval;
  const values = argumentWords(approval);
  const ends = left(expires_at, now);
  const mine = status === 'pending' && approval.can_decide;
  return (
    <li>
      <Link
        to="/approvals/$approvalId"
        params={{ approvalId: id }}
        search={(search) => search}
        className="ask"
        data-approval-id={id}
        data-status={status}
        data-mine={mine}
        data-current={current}
      >
        <span className="ask-mark">
          <Icon name={STATUS_ICONS[status] ?? 'unknown'} />
        </span>
        <span className="ask-main">
          <span className="ask-what">
            <strong className="mono">{visible(tool)}</strong> <span className="mono">· {visible(server.name)}</span>{' '}
            <Risks approval={approval} />
          </span>
          {tellsMore(approval) && <span className="ask-title">{visible(title)}</span>}
          {values !== undefined && <span className="ask-arguments mono">{visible(values)}</span>}
          <span className="ask-why">{status === 'pending' ? sentence(visible(why)) : `${endWords(approval)}.`}</span>
          <span className="ask-meta">
            <span>{[KIND_WORDS[kind] ?? kind, askedWords(approval)].filter(Boolean).join(', ')}</span>
            <span>{doorWords(approval)}</span>
            {status === 'pending' ? (
              <>
                <span>waits {waited(created_at, now)}</span>
                {ends !== undefined && <span className="mono">{ends} left</span>}
                {!mine && <span>not yours to decide</span>}
              </>
            ) : (
              <Moment at={created_at} exact={false} />
            )}
          </span>
        </span>
      </Link>
    </li>
  );
}

export function Risks({ approval: { risk } }: { approval: Approval }) {
  return riskWords(risk).map(({ word, tone }) => (
    <span key={word} className={tone === '' ? 'tag' : `tag tag-${tone}`}>
      {word}
    </span>
  ));
}
