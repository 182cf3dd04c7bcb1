import type { WebSocket } from 'ws';

/** Each socket is looked at once in so many seconds, a part of them every second. */
const BEAT_SECONDS = 12;
/** A peer that takes nothing of what waits for it in so many beats, five minutes, is gone. */
const STALLED_BEATS_MAX = 25;

interface Peer {
  readonly socket: WebSocket;
  awaitsPong: boolean;
  unsent: number;
  stalledBeats: number;
}

/**
 * Finds peers that are gone. One that answers neither ping nor anything else until the next beat is cut off. One that
 * reads slowly has its pings behind all that it has not read yet, so that it is judged by whether it takes anything.
 */
export class Heartbeat {
  readonly #slices: readonly Set<Peer>[];
  readonly #timer: NodeJS.Timeout;
  #next = 0;

  /** `beatSeconds`: a peer that is gone is found within twice as long. */
  constructor(beatSeconds = BEAT_SECONDS) {
    this.#slices = Array.from({ length: beatSeconds }, () => new Set());
    this.#timer = setInterval(() => this.#beat(), 1_000);
    this.#timer.unref();
  }

  /** Returns how to stop. */
  watch(socket: WebSocket): () => void {
    const peer: Peer = { socket, awaitsPong: false, unsent: 0, stalledBeats: 0 };
    const slice = this.#slices[(this.#next + this.#slices.length - 1) % this.#slices.length];
    slice?.add(peer);
    const lives = () => {
      peer.awaitsPong = false;
    };
    socket.on('pong', lives);
    socket.on('message', lives);
    return () => slice?.delete(peer);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const slice = this.#slices[this.#next];
    this.#next = (this.#next + 1) % this.#slices.length;
    for (const peer of slice ?? []) check(peer);
  }
}

function check(peer: Peer): void {
  const { socket } = peer;
  if (socket.readyState !== socket.OPEN) return;
  const unsent = socket.bufferedAmount;
  if (unsent > 0) {
    peer.stalledBeats = unsent === peer.unsent ? peer.stalledBeats + 1 : 0;
    peer.unsent = unsent;
    peer.awaitsPong = false;
    if (peer.stalledBeats >= STALLED_BEATS_MAX) socket.terminate();
    return;
  }
  peer.unsent = 0;
  if (peer.awaitsPong) {
    socket.terminate();
    return;
  }
  peer.awaitsPong = true;
  socket.ping();
}
