import { defineEntity, p } from '@mikro-orm/core';
import { ownedBy } from '../platform/entity.ts';
import { newId } from '../platform/ids.ts';
import { EMAIL_MAX_LENGTH, User } from './user.entity.ts';

export const EMAIL_LINK_KINDS = ['PASSWORD_RESET', 'EMAIL_VERIFICATION'] as const;
export type EmailLinkKind = (typeof EMAIL_LINK_KINDS)[number];

const EmailLinkSchema = defineEntity({
  name: 'EmailLink',
  tableName: 'email_links',
  properties: {
    id: p.uuid().primary().onCreate(newId),
    user: () => p.manyToOne(User).ref(),
    kind: p.enum(EMAIL_LINK_KINDS),
    /** Where it was sent: it is good for an account that still has this address. */
    email: p.string().length(EMAIL_MAX_LENGTH),
    /** What its token is made of, beside a secret that is not in the database. */
    tokenSeed: p.blob(),
    /** SHA-256 of the token. */
    tokenHash: p.blob(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    expiresAt: p.datetime(3),
    endedAt: p.datetime(3).nullable(),
  },
  filters: { owner: ownedBy('user') },
});

/** A link that was sent by mail. It works once, until it expires, and until a newer one of its kind is made. */
export class EmailLink extends EmailLinkSchema.class {
  isOpen(now: Date): boolean {
    return !this.endedAt && this.expiresAt > now;
  }

  end(at: Date): void {
    this.endedAt ??= at;
  }
}
EmailLinkSchema.setClass(EmailLink);
