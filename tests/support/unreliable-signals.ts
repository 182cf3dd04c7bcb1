import type { Signals } from '../../src/platform/signal.ts';

/** Of a hundred wake-ups so many are lost, so many come twice; all come late, by up to so much, and so in another order. */
const LOST = 30;
const DOUBLED = 20;
const LATE_MS = 300;

/** Wake-ups as they may be at the worst: whoever relies on one's coming, on its order or on its coming once, fails. */
export const unreliable = (signals: Signals): Signals => ({
  publish: (topic, payload) => badly(() => signals.publish(topic, payload)),
  listen: (topic, listener) => signals.listen(topic, payload => badly(() => listener(payload))),
  onGap: listener => signals.onGap(listener),
  get connected() {
    return signals.connected;
  },
  close: () => signals.close(),
});

function badly(deliver: () => void): void {
  const luck = Math.random() * 100;
  if (luck < LOST) return;
  const later = () => setTimeout(deliver, Math.random() * LATE_MS).unref();
  later();
  if (luck < LOST + DOUBLED) later();
}
