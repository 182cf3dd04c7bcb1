import { defineEntity, p } from '@mikro-orm/core';
import { ownedBy } from '../platform/entity.ts';
import { newId } from '../platform/ids.ts';
import { User } from './user.entity.ts';

export const SESSION_END_REASONS = ['LOGGED_OUT', 'REVOKED', 'REUSED'] as const;
export type SessionEndReason = (typeof SESSION_END_REASONS)[number];

export const USER_AGENT_MAX_LENGTH = 512;
export const IP_ADDRESS_MAX_LENGTH = 45;

const SessionSchema = defineEntity({
  name: 'Session',
  tableName: 'sessions',
  properties: {
    id: p.uuid().primary().onCreate(newId),
    user: () => p.manyToOne(User).ref(),
    /** How many refresh tokens it has had. */
    generation: p.integer().default(1),
    /** What its refresh tokens are made of, beside a secret that is not in the database. */
    refreshSeed: p.blob(),
    /** SHA-256 of the refresh token that is good now, and of the one before. */
    refreshHash: p.blob(),
    previousHash: p.blob().nullable(),
    /** When the token before was used. */
    rotatedAt: p.datetime(3).nullable(),
    userAgent: p.string().length(USER_AGENT_MAX_LENGTH).nullable(),
    ipAddress: p.string().length(IP_ADDRESS_MAX_LENGTH).nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    lastUsedAt: p.datetime(3).defaultRaw('now()'),
    expiresAt: p.datetime(3),
    endedAt: p.datetime(3).nullable(),
    endReason: p.enum(SESSION_END_REASONS).nullable(),
  },
  filters: { owner: ownedBy('user') },
});

export class Session extends SessionSchema.class {
  /** The first reason stays: a session that has ended does not end again. Answers whether it ended now. */
  end(reason: SessionEndReason, at: Date): boolean {
    if (this.endedAt) return false;
    this.endedAt = at;
    this.endReason = reason;
    return true;
  }
}
SessionSchema.setClass(Session);
