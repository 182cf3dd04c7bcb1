import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { until } from '../support/wait.ts';

/** A connection on which bytes are sent as they stand. */
export interface RawConnection extends Disposable {
  readonly socket: Socket;
  /** What came back so far, one character a byte. */
  received(): string;
  /** Whether the server has ended it. */
  isOver(): boolean;
  /** When the server has ended it. */
  over(timeoutMs?: number): Promise<void>;
  write(data: string | Buffer): void;
}

export async function openRaw(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  let isOver = false;
  socket.on('data', chunk => {
    received += chunk.toString('latin1');
  });
  socket.on('end', () => {
    isOver = true;
  });
  socket.on('close', () => {
    isOver = true;
  });
  // The server may cut the connection while more is written: that is what is asked for.
  socket.on('error', () => {
    isOver = true;
  });
  await once(socket, 'connect');
  return {
    socket,
    received: () => received,
    isOver: () => isOver,
    over: timeoutMs => until('the server ends the connection', () => isOver, timeoutMs),
    write: data => void socket.write(data),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** The status lines of the answers that came. */
export const statusesOf = (connection: RawConnection): number[] =>
  [...connection.received().matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
