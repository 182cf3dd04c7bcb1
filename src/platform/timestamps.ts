import type { EventArgs, EventSubscriber } from '@mikro-orm/core';
import type { Clock } from './clock.ts';

interface Timestamped {
  createdAt?: Date;
  updatedAt?: Date;
}

/** Sets `createdAt` and `updatedAt` of whatever is written, from one clock, so that no service can forget them. */
export class Timestamps implements EventSubscriber<Timestamped> {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  beforeCreate({ entity, meta }: EventArgs<Timestamped>): void {
    const now = this.#clock();
    if ('createdAt' in meta.properties) entity.createdAt ??= now;
    if ('updatedAt' in meta.properties) entity.updatedAt = now;
  }

  beforeUpdate({ entity, meta }: EventArgs<Timestamped>): void {
    if ('updatedAt' in meta.properties) entity.updatedAt = this.#clock();
  }
}
