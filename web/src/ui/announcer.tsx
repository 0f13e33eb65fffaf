import { create } from 'zustand';

const useSpoken = create<{ polite: string; assertive: string }>(() => ({ polite: '', assertive: '' }));

/** Said once by a screen reader; whole events only. */
export function announce(text: string, urgency: 'polite' | 'assertive' = 'polite'): void {
  useSpoken.setState({ [urgency]: text });
}

export function Announcer() {
  const { polite, assertive } = useSpoken();
  return (
    <>
      <div className="unseen" aria-live="polite">
        {polite}
      </div>
      <div className="unseen" aria-live="assertive">
        {assertive}
      </div>
    </>
  );
}
