import { useQuery } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { profileQuery, toolsQuery } from '../../api/queries.js';
import { useCommandContext } from '../../app/active.js';
import { slashCommand, unknownSlash } from '../../app/commands.js';
import { useUi } from '../../app/ui-state.js';
import { Icon } from '../../ui/icons.js';
import { useLive, useLiveSession } from '../live-context.js';
import { readDraft, readHistory, remember, writeDraft, writeHistory } from './history.js';
import { KeyStrip } from './key-strip.js';
import { completingAt, isFirstLine, isLastLine, parseLine } from './parse-line.js';
import { Queue } from './queue.js';
import { suggest, suggestHistory, type Suggestion } from './suggestions.js';

const ARMED_MS = 2_000;

const setMessage = (said: { text: string; error: boolean } | undefined) => useUi.setState({ said });

type Popover = { kind: 'none' } | { kind: 'complete'; at: number } | { kind: 'history'; at: number; draft: string };

export function Composer() {
  const live = useLiveSession();
  const context = useCommandContext();
  const busy = useLive((state) => state.session.turn !== null);
  const asked = useUi((state) => state.compose);
  const user = useQuery(profileQuery).data;
  const tools = useQuery(toolsQuery(live.serverId)).data?.tools ?? [];
  const historyKey = `${user?.id ?? 'me'}.${live.serverId}`;

  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setTextState] = useState(() => readDraft(live.sessionId));
  const [caret, setCaret] = useState(text.length);
  const [popover, setPopover] = useState<Popover>({ kind: 'none' });
  const message = useUi((state) => state.said);
  const [browsing, setBrowsing] = useState<{ at: number; draft: string }>();
  const [armed, setArmed] = useState(false);
  const wanted = useRef<number | undefined>(undefined);

  const setText = (next: string, at = next.length) => {
    setTextState(next);
    setCaret(at);
    wanted.current = at;
    writeDraft(live.sessionId, next);
  };

  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
    if (wanted.current !== undefined) element.setSelectionRange(wanted.current, wanted.current);
    wanted.current = undefined;
  }, [text]);
  useEffect(() => {
    if (!asked) return;
    setTextState(asked.text);
    setCaret(asked.text.length);
    wanted.current = asked.text.length;
    writeDraft(live.sessionId, asked.text);
    if (asked.text === '/') setPopover({ kind: 'complete', at: 0 });
    field.current?.focus();
    useUi.setState({ compose: undefined });
  }, [asked, live]);
  useEffect(() => {
    if (!armed) return;
    const timer = setTimeout(() => setArmed(false), ARMED_MS);
    return () => clearTimeout(timer);
  }, [armed]);

  const completing = popover.kind === 'complete' ? completingAt(text, caret) : undefined;
  const rows: Suggestion[] =
    popover.kind === 'history'
      ? suggestHistory(readHistory(historyKey), text)
      : completing
        ? suggest(completing, text, context, tools)
        : [];
  const at = popover.kind === 'none' ? 0 : Math.min(popover.at, rows.length - 1);
  const open = rows.length > 0;

  const typed = (next: string, position: number) => {
    setTextState(next);
    setCaret(position);
    writeDraft(live.sessionId, next);
    setMessage(undefined);
    setBrowsing(undefined);
    if (popover.kind !== 'history') {
      setPopover(completingAt(next, position) ? { kind: 'complete', at: 0 } : { kind: 'none' });
    }
  };

  const accept = (row: Suggestion | undefined) => {
    if (!row) return;
    setText(row.text, row.caret);
    setPopover(
      popover.kind === 'complete' && completingAt(row.text, row.caret) ? { kind: 'complete', at: 0 } : { kind: 'none' },
    );
    field.current?.focus();
  };

  const sent = () => {
    writeHistory(historyKey, remember(readHistory(historyKey), text));
    setText('');
    setPopover({ kind: 'none' });
    setBrowsing(undefined);
  };

  const send = async () => {
    if (text.trim() === '') return;
    const line = parseLine(text);
    if (line.kind === 'chat') {
      if (live.say(line.text)) sent();
      else
        setMessage({
          text: 'Twenty messages are queued already. Delete one, or wait for the connection.',
          error: true,
        });
      return;
    }
    const command = slashCommand(line.name);
    if (!command) {
      setMessage({ text: unknownSlash(line.name), error: true });
      return;
    }
    try {
      const reply = await command.run(context, line.argument);
      if (reply && 'error' in reply) {
        setMessage({ text: reply.error, error: true });
        return;
      }
      sent();
      if (reply) setMessage({ text: reply.notice, error: false });
    } catch (error) {
      setMessage({ text: error instanceof Error ? error.message : 'This failed.', error: true });
    }
  };

  const browse = (step: number): boolean => {
    const history = readHistory(historyKey);
    const now = browsing ?? { at: history.length, draft: text };
    const next = now.at + step;
    if (next < 0 || next > history.length || (step > 0 && !browsing)) return false;
    setBrowsing(next === history.length ? undefined : { at: next, draft: now.draft });
    setText(history[next] ?? now.draft);
    return true;
  };

  const escape = () => {
    if (popover.kind === 'history') setText(popover.draft);
    if (popover.kind !== 'none') setPopover({ kind: 'none' });
    else if (armed && busy) {
      live.stopTurn();
      setArmed(false);
    } else if (busy) setArmed(true);
  };

  const pressed = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    const { key, ctrlKey, metaKey, altKey, shiftKey, currentTarget: element } = event;
    const letter = key.toLowerCase();
    const control = ctrlKey && !metaKey && !altKey;
    const nothingChosen = element.selectionStart === element.selectionEnd;
    const move = (step: number) => {
      if (popover.kind !== 'none') setPopover({ ...popover, at: (at + step + rows.length) % rows.length });
    };

    if (open && key === 'ArrowDown') move(1);
    else if (open && key === 'ArrowUp') move(-1);
    else if (open && (key === 'Tab' || (key === 'Enter' && !shiftKey && takesEnter(rows[at])))) accept(rows[at]);
    else if (key === 'Enter' && (shiftKey || altKey)) insert(element, '\n');
    else if (control && letter === 'j') insert(element, '\n');
    else if (key === 'Enter' && !ctrlKey && !metaKey) {
      if (text.slice(0, element.selectionStart).endsWith('\\')) {
        setText(
          `${text.slice(0, element.selectionStart - 1)}\n${text.slice(element.selectionEnd)}`,
          element.selectionStart,
        );
      } else void send();
    } else if (key === 'Escape') escape();
    else if (key === 'ArrowUp' && isFirstLine(text, element.selectionStart)) {
      if (!browse(-1)) return;
    } else if (key === 'ArrowDown' && isLastLine(text, element.selectionEnd)) {
      if (!browse(1)) return;
    } else if (control && letter === 'r') {
      setPopover({ kind: 'history', at: 0, draft: text });
    } else if (control && letter === 'u') {
      const start = text.lastIndexOf('\n', element.selectionStart - 1) + 1;
      setText(text.slice(0, start) + text.slice(element.selectionStart), start);
    } else if (control && letter === 'c' && nothingChosen) {
      if (text === '') escape();
      else setText('');
    } else if (control && letter === 'l') {
      dispatchEvent(new Event('switchyard:clear'));
    } else return;
    event.preventDefault();
  };

  /** Enter runs a command that is written out, and completes one that is not. */
  const takesEnter = (row: Suggestion | undefined) => row !== undefined && row.text.trim() !== text.trim();

  const insert = (element: HTMLTextAreaElement, what: string) => {
    const { selectionStart, selectionEnd } = element;
    setText(text.slice(0, selectionStart) + what + text.slice(selectionEnd), selectionStart + what.length);
  };

  return (
    <form
      className="composer"
      aria-label="Message composer"
      data-region="composer"
      tabIndex={-1}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Queue />
      {open && (
        <ul className="options composer-options" role="listbox" id="composer-options" aria-label="Completions">
          {rows.map((row, index) => (
            <li
              key={row.label}
              id={`composer-option-${index}`}
              role="option"
              aria-selected={index === at}
              className="option"
              onMouseDown={(event) => {
                event.preventDefault();
                accept(row);
              }}
            >
              <span className="option-title">{row.label}</span>
              <span className="option-help">{row.help}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="composer-line">
        <span className="composer-caret">
          <Icon name="caret" />
        </span>
        <textarea
          ref={field}
          rows={1}
          data-testid="composer"
          aria-label={popover.kind === 'history' ? 'Search earlier messages' : 'Message'}
          aria-autocomplete="list"
          aria-controls={open ? 'composer-options' : undefined}
          aria-activedescendant={open ? `composer-option-${at}` : undefined}
          placeholder={popover.kind === 'history' ? 'search earlier messages' : 'ask, or / for commands'}
          spellCheck
          autoFocus={matchMedia('(pointer: fine)').matches}
          value={text}
          onChange={(event) => typed(event.target.value, event.target.selectionStart)}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onBlur={() => setPopover({ kind: 'none' })}
          onKeyDown={pressed}
        />
        <button type="submit" className="button composer-send" disabled={text.trim() === ''}>
          {busy ? 'Queue' : 'Send'}
        </button>
      </div>
      <p className={message?.error ? 'composer-said form-error' : 'composer-said dim'} role="status">
        {armed ? 'Press Esc again to stop.' : message?.text}
      </p>
      <p className="unseen" role="status">
        {open ? `${rows.length} completions` : ''}
      </p>
      <KeyStrip
        onInsert={(what) => {
          const element = field.current;
          if (!element) return;
          const next = text.slice(0, element.selectionStart) + what + text.slice(element.selectionEnd);
          typed(next, element.selectionStart + what.length);
          wanted.current = element.selectionStart + what.length;
        }}
        onHistory={(step) => browse(step)}
        onTab={() => accept(rows[at])}
        onEscape={escape}
      />
    </form>
  );
}
