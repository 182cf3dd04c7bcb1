import { LockMode } from '@mikro-orm/core';
import type { Transact } from '../change/transact.ts';
import { User } from '../identity/user.entity.ts';
import type { Clock } from '../platform/clock.ts';
import { defineJob, NO_DATA } from '../platform/jobs/job.ts';

/** Limits look at the time themselves; this tells the person, by their feed. */
export const planExpiry = defineJob({ name: 'plan-expiry', data: NO_DATA, schedule: '* * * * *' });

const USERS_AT_ONCE = 100;

export interface PlanExpiryOptions {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** Has plans fall back to FREE that are over. Any number of processes may do this at once. Answers with how many. */
export async function endPlans({ transact, clock, signal }: PlanExpiryOptions): Promise<number> {
  for (let ended = 0; ; ) {
    signal?.throwIfAborted();
    const batch = await transact(null, async em => {
      const users = await em.find(
        User,
        { planExpiresAt: { $lte: clock() } },
        {
          filters: { owner: false, live: false },
          lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE,
          orderBy: { planExpiresAt: 'asc' },
          limit: USERS_AT_ONCE,
        },
      );
      for (const user of users) {
        user.plan = 'FREE';
        user.planExpiresAt = null;
      }
      return users.length;
    });
    ended += batch;
    if (batch < USERS_AT_ONCE) return ended;
  }
}
