import { useUi } from '../app/ui-state.js';
import { plural } from '../ui/format.js';
import { useNow } from '../ui/hooks.js';
import { useLive, useLiveSession } from './live-context.js';

/** `waiting for you · 2 approvals`, `running users.query 12 s`, `waiting for model 4 s`: never a bare spinner. */
export function Thinking() {
  const live = useLiveSession();
  const turn = useLive((state) => state.session.turn);
  const plan = useLive((state) =>
    state.session.plan_id === undefined ? undefined : state.session.plans[state.session.plan_id],
  );
  const questions = useLive(({ session }) => session.questions.length + session.sign_ins.length);
  const streaming = useLive(
    (state) => state.session.items.at(-1)?.kind === 'message' && Object.keys(state.session.streams).length > 0,
  );
  const now = useNow(1_000, turn !== null);
  if (!turn) return null;
  const running = plan?.nodes.filter((node) => ['running', 'retrying'].includes(node.status)) ?? [];
  const pending = plan?.nodes.filter((node) => ['pending', 'outcome_unknown'].includes(node.status)) ?? [];
  const seconds = (iso: string | undefined) => {
    const past = iso ? Math.floor((now - new Date(iso).getTime()) / 1_000) : 0;
    return past >= 1 ? ` ${past} s` : '';
  };
  let text: string | undefined;
  let yours = false;
  if (questions > 0) text = `waiting for you · ${plural(questions, 'answer')}`;
  else if (running[0]) text = `running ${running.map((node) => node.tool).join(', ')}${seconds(running[0].started_at)}`;
  else if (pending.length > 0) text = `waiting for you · ${plural(pending.length, 'approval')}`;
  else if (!streaming) text = `waiting for model${seconds(turn.since)}`;
  if (questions > 0 || (pending.length > 0 && !running[0])) yours = true;
  return (
    <div className="thinking" data-yours={yours}>
      <span>{text}</span>
      <button type="button" className="button button-quiet" onClick={() => live.stopTurn()}>
        Stop
      </button>
      {pending.length > 0 && (
        <button type="button" className="text-button" onClick={() => useUi.setState({ pane: 'plan' })}>
          review
        </button>
      )}
    </div>
  );
}
