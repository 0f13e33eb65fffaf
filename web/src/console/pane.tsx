import { type KeyboardEvent, type ReactNode } from 'react';
import type { KeyPlace } from '../app/command.js';
import { useCommandContext } from '../app/active.js';
import { COMMANDS, isOffered } from '../app/commands.js';
import { keyName } from '../app/keys.js';
import { perform } from '../app/perform.js';
import type { PaneName } from '../app/ui-state.js';
import { Boundary } from '../ui/boundary.js';
import { inTextField } from '../ui/text-field.js';

interface PaneProps {
  name: PaneName;
  label: string;
  title: ReactNode;
  tools?: ReactNode;
  children: ReactNode;
  onKey?: (key: string) => boolean;
  /** What a command of this pane is about: the selected task. */
  argument?: string;
  data?: Record<`data-${string}`, string | number>;
}

const isControl = (target: EventTarget) =>
  target instanceof HTMLElement && target.closest('button, a, summary, [role=separator]') !== null;

/** A titled region of the console. Its single-letter keys work only while the focus is inside. */
export function Pane({ name, label, title, tools, children, onKey, argument = '', data }: PaneProps) {
  const context = useCommandContext();
  const pressed = (event: KeyboardEvent) => {
    if (inTextField(event.target)) return;
    const key = keyName(event);
    if ((key === 'Enter' || key === 'Space') && isControl(event.target)) return;
    const command = COMMANDS.find((one) => one.keys?.place === (name as KeyPlace) && one.keys.names.includes(key));
    if (command && isOffered(command, true)) {
      void perform(command, context, argument);
    } else if (!onKey?.(key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section
      className="pane"
      data-region={name}
      data-pane={name}
      tabIndex={-1}
      aria-label={label}
      onKeyDown={pressed}
      {...data}
    >
      <div className="pane-head">
        <h2 className="pane-title">{title}</h2>
        {tools !== undefined && <div className="pane-tools">{tools}</div>}
      </div>
      <div className="pane-body">
        <Boundary name={`${name} pane`}>{children}</Boundary>
      </div>
    </section>
  );
}
