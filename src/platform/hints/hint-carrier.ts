export interface CarriedHint {
  topic: string;
  data: unknown;
}

export interface CarrierEvents {
  /** A hint of another process. */
  onHint: (hint: CarriedHint) => void;
  /** Hints of the others may have been missed; told once they come again. */
  onGap: () => void;
}

/** Takes hints from process to process. It may lose some, and never waits for anybody. */
export abstract class HintCarrier {
  /** Whether hints of the others come, as far as this process knows. */
  abstract readonly isConnected: boolean;
  /** Whether a hint reaches only processes that listen to its topic. */
  abstract readonly isForListeners: boolean;

  /** @throws when what carries cannot be reached at the start */
  abstract start(events: CarrierEvents): Promise<void>;
  abstract stop(): Promise<void>;
  abstract send(hint: CarriedHint): void;

  /** Somebody here begins, or nobody here goes on, to listen to the topic. */
  abstract listen(topic: string): void;
  abstract unlisten(topic: string): void;
}
