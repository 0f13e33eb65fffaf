import type { Check } from '../api/types.js';
import { duration } from '../ui/format.js';
import { copyText } from '../ui/hooks.js';
import type { IconName } from '../ui/icon-name.js';
import { Icon } from '../ui/icons.js';

const NAMES = ['address', 'network', 'tls', 'http', 'auth', 'protocol', 'tools', 'schemas', 'sample_call'];
const ICON: Record<Check['status'], IconName> = { passed: 'check', failed: 'cross', skipped: 'dash' };

/** The staged report of a connection test; while it runs, the stages it will go through. */
export function Checks({ checks, running }: { checks: Check[] | undefined; running: boolean }) {
  if (running || !checks) {
    return (
      <ol className="checks" aria-busy={running} data-testid="checks">
        {NAMES.map((name) => (
          <li key={name} data-status="waiting">
            <span className="check-mark">
              <Icon name="ring" />
            </span>
            <span className="check-name">{name.replace('_', ' ')}</span>
            <span className="dim">{running ? 'checking…' : ''}</span>
          </li>
        ))}
      </ol>
    );
  }
  return (
    <>
      <ol className="checks" data-testid="checks">
        {checks.map((check) => (
          <li key={check.name} data-status={check.status}>
            <span className="check-mark">
              <Icon name={ICON[check.status] ?? 'unknown'} />
              <span className="unseen">{check.status}</span>
            </span>
            <span className="check-name">{check.name.replace('_', ' ')}</span>
            <span className="check-summary">
              {check.summary}
              {check.cause !== undefined && check.cause !== check.summary && (
                <span className="check-cause">{check.cause}</span>
              )}
              {check.fix !== undefined && <span className="check-fix">Try: {check.fix}</span>}
              {check.detail !== undefined && check.detail !== '' && (
                <details>
                  <summary>raw detail</summary>
                  <pre>{check.detail}</pre>
                </details>
              )}
            </span>
            <span className="number dim">{check.status === 'skipped' ? '' : duration(check.duration_ms)}</span>
          </li>
        ))}
      </ol>
      <button
        type="button"
        className="button button-quiet"
        onClick={() => void copyText(JSON.stringify(checks, null, 2))}
      >
        <Icon name="copy" /> Copy as JSON
      </button>
    </>
  );
}
