import { Component, type ReactNode } from 'react';
import { copyText } from './hooks.js';

interface Props {
  /** As in "The plan pane stopped." */
  name: string;
  children: ReactNode;
}

/** One pane may stop; the others keep working. */
export class Boundary extends Component<Props, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="note note-error" role="alert">
        <p>
          <strong>The {this.props.name} stopped.</strong> {error.message}
        </p>
        <button type="button" className="button" onClick={() => this.setState({ error: undefined })}>
          Reload {this.props.name}
        </button>{' '}
        <button
          type="button"
          className="button"
          onClick={() => void copyText(`${error.message}\n${error.stack ?? ''}`)}
        >
          Copy report
        </button>
      </div>
    );
  }
}
