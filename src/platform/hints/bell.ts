/** Wakes whoever waits for news, and remembers a ring between two looks. */
export class Bell {
  private rung = false;
  private wake: () => void = () => undefined;

  mute(): void {
    this.rung = false;
  }

  ring(): void {
    this.rung = true;
    this.wake();
  }

  /** Until it rings, or rang since it was muted; at most so long. @returns whether it rang */
  async heard(ms: number): Promise<boolean> {
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.rung;
  }
}
