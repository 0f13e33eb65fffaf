import { Icon } from '../ui/icons.js';
import { dismissFirstRun, FIRST_RUN, useFirstRun, type FirstRunStep } from './first-run.js';

export const DEMO_PROMPT = "Make a report of this week's signups";

const WORDS: Record<FirstRunStep, string> = {
  'signed-in': 'Signed in',
  server: 'Demo server online',
  ask: 'Ask something',
  approve: 'Approve a task',
  file: 'Download the file',
};

/** Five lines that tick themselves; gone when dismissed, back with /help start. */
export function Checklist({ onOpenDemo }: { onOpenDemo: (() => void) | undefined }) {
  const { done, dismissed } = useFirstRun();
  if (dismissed) return null;
  const count = FIRST_RUN.filter((step) => done[step]).length;
  return (
    <section className="pane checklist" aria-label="First steps" data-testid="first-run">
      <div className="pane-head">
        <h2 className="pane-title">
          first steps <span className="pane-extra">{count} of 5</span>
        </h2>
        <button type="button" className="pane-button" onClick={() => dismissFirstRun(true)}>
          dismiss
        </button>
      </div>
      <ol>
        {FIRST_RUN.map((step) => (
          <li key={step} data-done={done[step] === true}>
            <Icon name={done[step] ? 'check' : 'ring'} /> {WORDS[step]}
            <span className="unseen">{done[step] ? ' (done)' : ' (to do)'}</span>
          </li>
        ))}
      </ol>
      {count === 5 && (
        <p className="dim">
          That is all of it. Next: add your own server, or set a model key where the app is started.
        </p>
      )}
      {onOpenDemo && !done.file && (
        <button type="button" className="button button-primary" onClick={onOpenDemo} data-testid="open-demo">
          Open demo
        </button>
      )}
    </section>
  );
}
