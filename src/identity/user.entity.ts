import { defineEntity, p } from '@mikro-orm/core';
import { entityColumns, live, ownedBy } from '../platform/entity.ts';
import { TIME_ZONE_MAX_LENGTH } from '../platform/time-zone.ts';

export const ROLES = ['USER', 'ADMIN'] as const;
export type Role = (typeof ROLES)[number];
export const PLANS = ['FREE', 'PRO'] as const;
export type Plan = (typeof PLANS)[number];

export const EMAIL_MAX_LENGTH = 320;
export const USERNAME_LENGTH = { min: 3, max: 50 } as const;
export const FULL_NAME_MAX_LENGTH = 255;

const UserSchema = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    ...entityColumns,
    email: p.string().length(EMAIL_MAX_LENGTH),
    username: p.string().length(USERNAME_LENGTH.max),
    fullName: p.string().length(FULL_NAME_MAX_LENGTH).nullable(),
    passwordHash: p.text().nullable().lazy(),
    role: p.enum(ROLES).default('USER'),
    isActive: p.boolean().default(true),
    emailVerifiedAt: p.datetime(3).nullable(),
    plan: p.enum(PLANS).default('FREE'),
    planExpiresAt: p.datetime(3).nullable(),
    /** By its IANA name. */
    timeZone: p.string().length(TIME_ZONE_MAX_LENGTH).default('UTC'),
    deletedAt: p.datetime(3).nullable(),
  },
  filters: { live, owner: ownedBy('id') },
});

export class User extends UserSchema.class {
  /** The first time stays: by it the account is purged. */
  close(at: Date): void {
    this.deletedAt ??= at;
  }

  restore(): void {
    this.deletedAt = null;
  }
}
UserSchema.setClass(User);
