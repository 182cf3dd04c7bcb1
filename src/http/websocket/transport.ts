import { type MessageType, type WebSocket as ProtocolSocket, stringifyMessage } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Logger } from '../../platform/logger.ts';
import { CLOSE } from './close-codes.ts';

/** A socket on which more is unsent is not read from until its peer has read half of it. */
const UNSENT_MAX_BYTES = 1 << 20;

/**
 * A ws socket as graphql-ws's protocol wants it. Whoever sends waits until the operating system has taken the message, so
 * that a subscription never has more than one message here; and while much is unsent nothing more is read, so that
 * neither operations nor their answers pile up for a peer that does not read.
 */
export function createTransport(
  socket: WebSocket,
  { onPing, logger }: { onPing: (payload: unknown) => Promise<Record<string, unknown> | undefined>; logger: Logger },
): ProtocolSocket {
  const fail = (error: unknown) => {
    if (isUnexpectedMessage(error)) return socket.close(CLOSE.badMessage, 'This message is for servers to send.');
    logger.error({ err: error }, 'a message of a socket could not be handled');
    socket.close(CLOSE.internal, 'Something went wrong here.');
  };

  /** What waits until the operating system has taken it. */
  const sent = (write: (taken: () => void) => void): Promise<void> => {
    if (socket.readyState !== socket.OPEN) return Promise.resolve();
    return new Promise(resolve => {
      write(() => {
        if (socket.isPaused && socket.bufferedAmount <= UNSENT_MAX_BYTES / 2) socket.resume();
        // Where it failed the socket is closing, which ends its operations.
        resolve();
      });
      if (socket.bufferedAmount > UNSENT_MAX_BYTES) socket.pause();
    });
  };
  const send = (data: string) => sent(taken => socket.send(data, taken));

  // ws would answer them by itself, without end, also to a peer that reads none of its answers.
  socket.on('ping', data => void sent(taken => socket.pong(data, false, taken)));

  return {
    protocol: socket.protocol,
    send,
    close: (code, reason) => socket.close(code, reason),
    onMessage: handle =>
      socket.on('message', data => {
        // What comes behind our close frame could be done, but not answered.
        if (socket.readyState === socket.OPEN) void handle(String(data)).catch(fail);
      }),
    onPing: async given => {
      const payload = await onPing(given);
      await send(
        stringifyMessage<MessageType.Pong>({ type: 'pong' as MessageType.Pong, ...(payload ? { payload } : {}) }),
      );
    },
  };
}

/** graphql-ws throws it for messages that are well formed and make no sense from a client. */
const isUnexpectedMessage = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('Unexpected message of type');
