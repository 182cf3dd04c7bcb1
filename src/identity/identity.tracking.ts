import { track } from '../change/tracked.ts';
import { Session } from './session.entity.ts';
import { User } from './user.entity.ts';
import { VIEWER_TOPIC } from './viewers.ts';

export const identityTracking = [
  track<User>({
    entity: User,
    feed: { name: 'user', ownerId: user => user.id, silent: ['passwordHash'] },
    signal: { topic: VIEWER_TOPIC, payload: user => `user ${user.id}` },
  }),
  track<Session>({ entity: Session, signal: { topic: VIEWER_TOPIC, payload: session => `session ${session.id}` } }),
];
