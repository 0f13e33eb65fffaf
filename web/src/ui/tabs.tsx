import { type KeyboardEvent, type ReactNode } from 'react';

interface TabsProps<Name extends string> {
  label: string;
  names: readonly Name[];
  chosen: Name;
  onChoose: (name: Name) => void;
  /** Instead of the name. */
  title?: (name: Name) => ReactNode;
  /** For the ids of tabs and panels on a page with several. */
  prefix: string;
}

/** Tabs as the ARIA practices have them: one tab stop, arrows move and choose. Their panel is `TabPanel`. */
export function Tabs<Name extends string>({ label, names, chosen, onChoose, title, prefix }: TabsProps<Name>) {
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = names[(names.indexOf(chosen) + step + names.length) % names.length];
    if (next === undefined) return;
    onChoose(next);
    document.getElementById(`${prefix}-tab-${next}`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`${prefix}-tab-${name}`}
          aria-selected={name === chosen}
          aria-controls={name === chosen ? `${prefix}-panel-${name}` : undefined}
          tabIndex={name === chosen ? 0 : -1}
          className="tab"
          onClick={() => onChoose(name)}
        >
          {title === undefined ? name : title(name)}
        </button>
      ))}
    </div>
  );
}

export function TabPanel({ prefix, name, children }: { prefix: string; name: string; children: ReactNode }) {
  return (
    <div role="tabpanel" id={`${prefix}-panel-${name}`} aria-labelledby={`${prefix}-tab-${name}`} className="tab-panel">
      {children}
    </div>
  );
}
