import { z } from 'zod';

export type Signal = readonly [topic: string, payload: string];

/** PostgreSQL takes 8,000 bytes in one notification. */
const MESSAGE_MAX_BYTES = 7_900;
/** What stands around the signals: the sender, and brackets. */
const ENVELOPE_BYTES = 20;

const Message = z.tuple([z.string(), z.array(z.tuple([z.string(), z.string()]))]);

/** As few messages as PostgreSQL's limit allows, each marked with its sender. None where there is nothing to say. */
export function pack(sender: string, signals: readonly Signal[]): string[] {
  const messages: string[] = [];
  let batch: Signal[] = [];
  let size = 0;
  for (const signal of signals) {
    const bytes = Buffer.byteLength(JSON.stringify(signal)) + 1;
    if (size + bytes > MESSAGE_MAX_BYTES - ENVELOPE_BYTES && batch.length > 0) {
      messages.push(JSON.stringify([sender, batch]));
      batch = [];
      size = 0;
    }
    batch.push(signal);
    size += bytes;
  }
  if (batch.length > 0) messages.push(JSON.stringify([sender, batch]));
  return messages;
}

/** Null for what is no message of ours: whoever reaches the channel can send anything. */
export function unpack(message: string): readonly [sender: string, signals: readonly Signal[]] | null {
  try {
    return Message.parse(JSON.parse(message));
  } catch {
    return null;
  }
}
