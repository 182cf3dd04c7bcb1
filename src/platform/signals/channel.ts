/** A way from process to process. What is sent arrives at all that are connected then, in general; nobody is told where not. */
export interface SignalChannel {
  /** Whether what others send arrives here, as far as is known. */
  readonly connected: boolean;
  /** Whether all others can be expected to be connected too: not yet where all of them were cut off a moment ago. */
  readonly isSettled: boolean;
  /** Throws where it may not have been sent. */
  send(messages: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Who listens at this end. */
export interface ChannelListener {
  onMessage(message: string): void;
  /** From here on messages arrive, for the first time or again: those sent before may be lost. */
  onConnected(): void;
}
