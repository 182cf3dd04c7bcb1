import { EmailLink } from './identity/email-link.entity.ts';
import { identityTracking } from './identity/identity.tracking.ts';
import { Session } from './identity/session.entity.ts';
import { User } from './identity/user.entity.ts';
import { Todo } from './todo/todo.entity.ts';
import { todoTracking } from './todo/todo.tracking.ts';

/** Every entity of the product, and what follows from a write of one. */
export const entities = [User, Session, EmailLink, Todo];

export const tracking = [...identityTracking, ...todoTracking];
