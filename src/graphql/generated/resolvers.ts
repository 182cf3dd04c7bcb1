/* Made by npm run codegen from schema/: not to be edited. */
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { UserSource, SessionRow } from '../../identity/identity.reads.ts';
import type { UserConnectionSource, UserEdgeSource } from '../../identity/user-list.reads.ts';
import type { SecurityEventRow, SecurityEventConnectionSource, SecurityEventEdgeSource } from '../../identity/security-event.reads.ts';
import type { TodoSource, TodoConnectionSource, TodoEdgeSource } from '../../todo/todo.reads.ts';
import type { PageInfoSource } from '../../platform/page.ts';
import type { ChangeSource } from '../../change/change.source.ts';
import type { Outcome } from '../mutation.ts';
import type { OperationContext, PublicContext } from '../context.ts';
export type Maybe<T> = T | null | undefined;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An instant in UTC, RFC 3339 with milliseconds: 2026-11-20T09:30:00.000Z */
  DateTime: { input: Date; output: Date | string; }
  /** An email address. Compared without regard to case. */
  EmailAddress: { input: string; output: string; }
};

/** What this server is. */
export type ApiInfo = {
  __typename?: 'ApiInfo';
  description: Scalars['String']['output'];
  name: Scalars['String']['output'];
  /** By semantic versioning. */
  version: Scalars['String']['output'];
};

/** What signing in gives. */
export type AuthPayload = {
  /** A JWT for the Authorization header: Bearer … */
  accessToken?: Maybe<Scalars['String']['output']>;
  accessTokenExpiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** Null where it went into the cookie. */
  refreshToken?: Maybe<Scalars['String']['output']>;
  user?: Maybe<User>;
  userErrors: Array<UserError>;
};

/**
 * Something of the viewer's that changed. A feed of changes has no gaps and no repeats: a client that passes the last
 * cursor it saw gets all that came after it, in the order in which it was committed. One transaction makes at most one
 * change of each thing.
 */
export type Change = {
  /** When it was committed. */
  at: Scalars['DateTime']['output'];
  /** Opaque. Says how far its owner has read; pass it as after to go on behind this change. Kept for 30 days. */
  cursor: Scalars['String']['output'];
  kind: ChangeKind;
};

export type ChangeKind =
  | 'CREATED'
  /** Thrown away, or gone for good. */
  | 'DELETED'
  /** Also where a thing came back from the trash. */
  | 'UPDATED';

export type ChangePage = {
  __typename?: 'ChangePage';
  changes: Array<Change>;
  /** Pass it as after to go on; the same cursor where nothing was new. */
  cursor: Scalars['String']['output'];
  hasMore: Scalars['Boolean']['output'];
};

export type ChangePasswordInput = {
  currentPassword: Scalars['String']['input'];
  /** As in SignUpInput. */
  newPassword: Scalars['String']['input'];
};

export type ChangePasswordPayload = Payload & {
  __typename?: 'ChangePasswordPayload';
  user?: Maybe<User>;
  userErrors: Array<UserError>;
};

export type CreateTodoInput = {
  /** Up to 10,000 characters. */
  description?: InputMaybe<Scalars['String']['input']>;
  dueAt?: InputMaybe<Scalars['DateTime']['input']>;
  /**
   * Chosen by the client, so that a retry creates nothing twice: todo_ and a UUIDv7 in TypeID form. TAKEN where there is a
   * todo with it already; where that one is the viewer's own, the payload shows it.
   */
  id?: InputMaybe<Scalars['ID']['input']>;
  priority: Priority;
  /**
   * How it repeats; see Todo.recurrence. An RRULE such as FREQ=WEEKLY;BYDAY=MO,TH, with or without RRULE: ahead, at most 500
   * characters, kept in one way for all that mean the same. It needs dueAt. INVALID, with the reason, are FREQ=SECONDLY and
   * MINUTELY and whatever else can come more than once an hour; what never comes again, or not within 100 years; a COUNT that
   * is not from 1 to 10,000; an UNTIL before dueAt, or one that is neither a day (its end counts) nor an instant in UTC;
   * DTSTART, RDATE, EXDATE; parts that cannot be together.
   */
  recurrence?: InputMaybe<Scalars['String']['input']>;
  /** When to remind the owner by mail: see Todo.remindAt. At most one of remindAt and remindMinutesBefore. */
  remindAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** So many minutes before dueAt, which is then needed: 0 to 40,320, which is four weeks. */
  remindMinutesBefore?: InputMaybe<Scalars['Int']['input']>;
  /** Up to 20, each 1 to 50 characters; one that is given twice counts once. */
  tags: Array<Scalars['String']['input']>;
  /** 1 to 200 characters. */
  title: Scalars['String']['input'];
};

export type CreateTodoPayload = Payload & {
  __typename?: 'CreateTodoPayload';
  /** Where userErrors says TAKEN, the viewer's own todo that has the id, those in the trash included. Otherwise null where none was made. */
  todo?: Maybe<Todo>;
  userErrors: Array<UserError>;
};

export type DeleteCompletedTodosPayload = Payload & {
  __typename?: 'DeleteCompletedTodosPayload';
  todoIds: Array<Scalars['ID']['output']>;
  userErrors: Array<UserError>;
};

export type DeleteMeInput = {
  /** The viewer's own, so that a device left alone cannot close the account. */
  password: Scalars['String']['input'];
};

export type DeleteMePayload = Payload & {
  __typename?: 'DeleteMePayload';
  userErrors: Array<UserError>;
  userId?: Maybe<Scalars['ID']['output']>;
};

export type DeleteTodoPayload = Payload & {
  __typename?: 'DeleteTodoPayload';
  /** As it lies in the trash. Where userErrors says CONFLICT, as it is now; otherwise null where it was not thrown away. */
  todo?: Maybe<Todo>;
  /** Null where it was not thrown away. */
  todoId?: Maybe<Scalars['ID']['output']>;
  userErrors: Array<UserError>;
};

export type DeleteUserPayload = Payload & {
  __typename?: 'DeleteUserPayload';
  userErrors: Array<UserError>;
  userId?: Maybe<Scalars['ID']['output']>;
};

export type LogInInput = {
  /** An email address or a username. */
  login: Scalars['String']['input'];
  password: Scalars['String']['input'];
  refreshTokenIn: RefreshTokenPlace;
};

export type LogInPayload = AuthPayload & Payload & {
  __typename?: 'LogInPayload';
  accessToken?: Maybe<Scalars['String']['output']>;
  accessTokenExpiresAt?: Maybe<Scalars['DateTime']['output']>;
  refreshToken?: Maybe<Scalars['String']['output']>;
  user?: Maybe<User>;
  userErrors: Array<UserError>;
};

export type LogOutPayload = Payload & {
  __typename?: 'LogOutPayload';
  userErrors: Array<UserError>;
};

export type MoveTodoInput = {
  /** The todo that is to stand ahead of it. */
  afterId?: InputMaybe<Scalars['ID']['input']>;
  /** The todo that is to stand behind it. */
  beforeId?: InputMaybe<Scalars['ID']['input']>;
  /** Where given, the move is refused as CONFLICT unless the todo still has this version. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
};

export type MoveTodoPayload = Payload & {
  __typename?: 'MoveTodoPayload';
  /** As for updateTodo. */
  todo?: Maybe<Todo>;
  userErrors: Array<UserError>;
};

export type Mutation = {
  __typename?: 'Mutation';
  /** Ends every other session, and links that were sent to reset the password before. */
  changePassword: ChangePasswordPayload;
  /** Puts it at the end of the viewer's own order. LIMIT_REACHED where the viewer's plan has no room for another open todo. */
  createTodo: CreateTodoPayload;
  /** Throws away every completed todo, however many there are. */
  deleteCompletedTodos: DeleteCompletedTodosPayload;
  /**
   * Closes the viewer's account and ends all of its sessions. An admin can restore it for 30 days; then it is removed for
   * good, with all that is in it. Its email and username stay taken until then.
   */
  deleteMe: DeleteMePayload;
  /** Throws it away; restoreTodo brings it back. NOT_FOUND where it is in the trash already. */
  deleteTodo: DeleteTodoPayload;
  /**
   * Closes an account: its sessions end, and nobody but admins sees it. It keeps its email and username, and can be restored
   * for 30 days. NOT_ALLOWED for the last active admin's. A repeat changes nothing.
   */
  deleteUser: DeleteUserPayload;
  /**
   * WRONG_CREDENTIALS tells neither which of the two was wrong nor whether there is such an account. After 5 failures for a
   * login, or 20 from an address, within 15 minutes it is RATE_LIMITED: for 15 minutes, the next time for 30, then for an
   * hour. Failures from an address where the account was signed in before are counted apart.
   */
  logIn: LogInPayload;
  /** Ends the viewer's present session. */
  logOut: LogOutPayload;
  /**
   * Puts it between two others of the viewer's own order: directly behind afterId or, where that is left out, directly ahead
   * of beforeId; at the end where both are. NOT_FOUND where one of them is not the viewer's or in the trash; CONFLICT where
   * the two do not stand in this order any more. Where it stands there already nothing changes. Now and then the todos
   * around it get new positions too, so that positions stay short.
   */
  moveTodo: MoveTodoPayload;
  /**
   * Trades a refresh token for a new pair. Each works once; a second use ends the session. For 30 seconds the one that was
   * used last answers again with the same successor, so that several tabs at once, or a client whose answer was lost, stay
   * signed in. One that is unknown, expired or ended is EXPIRED: log in again.
   */
  refreshSession: RefreshSessionPayload;
  /**
   * Sends a link to the viewer's email address, good for 24 hours, that works once; signUp and a new address send one by
   * themselves. NOT_ALLOWED where the address is verified already.
   */
  requestEmailVerification: RequestEmailVerificationPayload;
  /** Sends a link, good for one hour, that works once. Answers alike whether or not the address has an account. */
  requestPasswordReset: RequestPasswordResetPayload;
  /**
   * Sets a new password by the token of a link, ends all of the account's sessions and signs in. The address that the link
   * went to is verified by it. EXPIRED where the link was used, is older than an hour, or is no longer the newest, or where
   * the password or the email address was changed since. NOT_ALLOWED where the account is locked.
   */
  resetPassword: ResetPasswordPayload;
  /** Brings a todo back from the trash. Repeated, it changes nothing. LIMIT_REACHED as for createTodo; NOT_FOUND where it was removed for good. */
  restoreTodo: RestoreTodoPayload;
  /** Opens a closed account again, with all that is its own; the person logs in anew. One that is open stays as it is. */
  restoreUser: RestoreUserPayload;
  /** Ends all of the viewer's sessions but the present one. */
  revokeOtherSessions: RevokeOtherSessionsPayload;
  /** Ends one of the viewer's sessions, the present one included. */
  revokeSession: RevokeSessionPayload;
  /** Makes an account and signs in. */
  signUp: SignUpPayload;
  /** Completes an open todo, opens a completed one. To say which, use updateTodo's completed: it may be repeated. */
  toggleTodo: ToggleTodoPayload;
  /**
   * What is left out stays as it is. A new email address has to be verified anew: a link is sent there, and the old address
   * is told.
   */
  updateMe: UpdateMePayload;
  /** Fields left out stay as they are; null clears. */
  updateTodo: UpdateTodoPayload;
  /**
   * The same change to up to 100 todos: all of them or, where one fails, none. Each that cannot be changed has an error, whose
   * path is ids and its place in the list; one that is CONFLICT says the version that the todo has by now.
   */
  updateTodos: UpdateTodosPayload;
  /**
   * Changes an account. NOT_ALLOWED where it is closed, and where it is the last active admin's, who can neither be locked nor
   * lose the role. Locking ends all sessions: once unlocked, the person logs in anew. Another role closes live connections,
   * which come back with the new one.
   */
  updateUser: UpdateUserPayload;
  /**
   * Verifies the email address by the token of a link, on whatever device it was opened. EXPIRED where the link was used, is
   * older than 24 hours, or is no longer the newest, or where the account has another address now.
   */
  verifyEmail: VerifyEmailPayload;
};


export type MutationChangePasswordArgs = {
  input: ChangePasswordInput;
};


export type MutationCreateTodoArgs = {
  input: CreateTodoInput;
};


export type MutationDeleteMeArgs = {
  input: DeleteMeInput;
};


export type MutationDeleteTodoArgs = {
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
};


export type MutationDeleteUserArgs = {
  id: Scalars['ID']['input'];
};


export type MutationLogInArgs = {
  input: LogInInput;
};


export type MutationMoveTodoArgs = {
  id: Scalars['ID']['input'];
  input: MoveTodoInput;
};


export type MutationRefreshSessionArgs = {
  input?: InputMaybe<RefreshSessionInput>;
};


export type MutationRequestPasswordResetArgs = {
  input: RequestPasswordResetInput;
};


export type MutationResetPasswordArgs = {
  input: ResetPasswordInput;
};


export type MutationRestoreTodoArgs = {
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
};


export type MutationRestoreUserArgs = {
  id: Scalars['ID']['input'];
};


export type MutationRevokeSessionArgs = {
  id: Scalars['ID']['input'];
};


export type MutationSignUpArgs = {
  input: SignUpInput;
};


export type MutationToggleTodoArgs = {
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
};


export type MutationUpdateMeArgs = {
  input: UpdateMeInput;
};


export type MutationUpdateTodoArgs = {
  id: Scalars['ID']['input'];
  input: UpdateTodoInput;
};


export type MutationUpdateTodosArgs = {
  ids: Array<Scalars['ID']['input']>;
  input: UpdateTodoInput;
};


export type MutationUpdateUserArgs = {
  id: Scalars['ID']['input'];
  input: UpdateUserInput;
};


export type MutationVerifyEmailArgs = {
  input: VerifyEmailInput;
};

/** Anything that has a global id. The id says its type: todo_01kabc… */
export type Node = {
  id: Scalars['ID']['output'];
};

/**
 * Where a page lies in its list. Cursors are opaque, stay valid while other rows come and go, and belong to the order that
 * made them: with another orderBy they are BAD_REQUEST.
 */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Of the last edge; null where the page is empty. */
  endCursor?: Maybe<Scalars['String']['output']>;
  hasNextPage: Scalars['Boolean']['output'];
  hasPreviousPage: Scalars['Boolean']['output'];
  /** Of the first edge; null where the page is empty. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/** What every mutation answers with. */
export type Payload = {
  /**
   * Empty where it did what was asked; otherwise nothing was changed, and the payload's other fields are empty but where they
   * say that they show what is there instead.
   */
  userErrors: Array<UserError>;
};

export type Plan =
  | 'FREE'
  | 'PRO';

/** Sorts in this order: NONE is the lowest. */
export type Priority =
  | 'HIGH'
  | 'LOW'
  | 'MEDIUM'
  | 'NONE'
  | 'URGENT';

export type Query = {
  __typename?: 'Query';
  apiInfo: ApiInfo;
  /** What changed after a cursor, oldest first, 100 at a time unless told, 1,000 at the most. Without one: no changes, and the cursor to begin from. One that is too old to serve is CURSOR_EXPIRED: read the lists anew, then begin without a cursor. */
  changes: ChangePage;
  /** The viewer; null where no token was sent. A token that is bad or expired is UNAUTHENTICATED here, as everywhere but in the public mutations. */
  me?: Maybe<User>;
  /** Any one thing by its global id; null where there is none, or where it is not the viewer's. */
  node?: Maybe<Node>;
  /** As node, for up to 100 ids, in their order. */
  nodes: Array<Maybe<Node>>;
  /** One of the viewer's todos, those in the trash included; null where there is none. */
  todo?: Maybe<Todo>;
  /** Of the viewer's todos, those in the trash aside; all of one moment. */
  todoStats: TodoStats;
  /** The viewer's todos. 20 at a time unless told, 100 at the most; first with last is BAD_REQUEST; in the viewer's own order unless told, or best first where the filter searches. */
  todos: TodoConnection;
  /** Any account, closed ones included; null where there is none. */
  user?: Maybe<User>;
  /** All accounts, newest first. 20 at a time unless told, 100 at the most; first with last is BAD_REQUEST. */
  users: UserConnection;
};


export type QueryChangesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


export type QueryNodesArgs = {
  ids: Array<Scalars['ID']['input']>;
};


export type QueryTodoArgs = {
  id: Scalars['ID']['input'];
};


export type QueryTodosArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<TodoFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<TodoOrder>;
};


export type QueryUserArgs = {
  id: Scalars['ID']['input'];
};


export type QueryUsersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<UserFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** Whose calls are counted together. */
export type RateLimitBy =
  /** The account that the field's input names by login or email, without regard to case, whether or not there is one. */
  | 'ACCOUNT'
  /** The caller's address: an IPv4 address, or the /64 of an IPv6 address. */
  | 'ADDRESS'
  /** The viewer, from wherever they call. */
  | 'VIEWER';

export type RefreshSessionInput = {
  /** Left out where the cookie has it. */
  refreshToken?: InputMaybe<Scalars['String']['input']>;
};

export type RefreshSessionPayload = AuthPayload & Payload & {
  __typename?: 'RefreshSessionPayload';
  accessToken?: Maybe<Scalars['String']['output']>;
  accessTokenExpiresAt?: Maybe<Scalars['DateTime']['output']>;
  refreshToken?: Maybe<Scalars['String']['output']>;
  user?: Maybe<User>;
  userErrors: Array<UserError>;
};

export type RefreshTokenPlace =
  /** In the payload, for apps that keep it themselves. */
  | 'BODY'
  /** In an HttpOnly cookie. */
  | 'COOKIE';

export type RequestEmailVerificationPayload = Payload & {
  __typename?: 'RequestEmailVerificationPayload';
  userErrors: Array<UserError>;
};

export type RequestPasswordResetInput = {
  email: Scalars['EmailAddress']['input'];
};

export type RequestPasswordResetPayload = Payload & {
  __typename?: 'RequestPasswordResetPayload';
  userErrors: Array<UserError>;
};

export type ResetPasswordInput = {
  /** As in SignUpInput. */
  newPassword: Scalars['String']['input'];
  /** COOKIE keeps the refresh token out of the page's scripts. */
  refreshTokenIn: RefreshTokenPlace;
  /** From the link. */
  token: Scalars['String']['input'];
};

export type ResetPasswordPayload = AuthPayload & Payload & {
  __typename?: 'ResetPasswordPayload';
  accessToken?: Maybe<Scalars['String']['output']>;
  accessTokenExpiresAt?: Maybe<Scalars['DateTime']['output']>;
  refreshToken?: Maybe<Scalars['String']['output']>;
  user?: Maybe<User>;
  userErrors: Array<UserError>;
};

export type RestoreTodoPayload = Payload & {
  __typename?: 'RestoreTodoPayload';
  /** As for updateTodo. */
  todo?: Maybe<Todo>;
  userErrors: Array<UserError>;
};

export type RestoreUserPayload = Payload & {
  __typename?: 'RestoreUserPayload';
  user?: Maybe<User>;
  userErrors: Array<UserError>;
};

export type RevokeOtherSessionsPayload = Payload & {
  __typename?: 'RevokeOtherSessionsPayload';
  revokedCount: Scalars['Int']['output'];
  userErrors: Array<UserError>;
};

export type RevokeSessionPayload = Payload & {
  __typename?: 'RevokeSessionPayload';
  sessionId?: Maybe<Scalars['ID']['output']>;
  userErrors: Array<UserError>;
};

export type Role =
  | 'ADMIN'
  | 'USER';

/** Events are kept for good, and never changed. */
export type SecurityEvent = {
  __typename?: 'SecurityEvent';
  at: Scalars['DateTime']['output'];
  /** Whether an admin did it, or whoever runs the server, and not the person. */
  byAdmin: Scalars['Boolean']['output'];
  /** Where it came from; null where that is not known, and to all but admins where an admin did it. */
  ipAddress?: Maybe<Scalars['String']['output']>;
  kind: SecurityEventKind;
  /** What the device said of itself, at most 512 characters; null where it said nothing, and to all but admins where an admin did it. */
  userAgent?: Maybe<Scalars['String']['output']>;
};

/** A page of an account's events. */
export type SecurityEventConnection = {
  __typename?: 'SecurityEventConnection';
  edges: Array<SecurityEventEdge>;
  /** The edges' events, without their cursors. */
  nodes: Array<SecurityEvent>;
  pageInfo: PageInfo;
  /** How many there are in all; counted only where it is selected. */
  totalCount: Scalars['Int']['output'];
};

export type SecurityEventEdge = {
  __typename?: 'SecurityEventEdge';
  cursor: Scalars['String']['output'];
  node: SecurityEvent;
};

/** What happened to an account, or was tried. */
export type SecurityEventKind =
  | 'ACCOUNT_CLOSED'
  /** The account can no longer be used, until it is unlocked. */
  | 'ACCOUNT_LOCKED'
  | 'ACCOUNT_RESTORED'
  | 'ACCOUNT_UNLOCKED'
  /** All that is kept of the person was read at once: by GET /export, or by whoever runs the server. */
  | 'DATA_EXPORTED'
  /** Todos were added out of a file. */
  | 'DATA_IMPORTED'
  | 'EMAIL_CHANGED'
  | 'EMAIL_VERIFIED'
  /** Logging in failed so often that it has to wait. */
  | 'LOCKED_OUT'
  | 'LOGGED_IN'
  | 'LOGGED_OUT'
  /** With a wrong password, or to a locked account. */
  | 'LOG_IN_FAILED'
  /** All other sessions have ended. */
  | 'PASSWORD_CHANGED'
  /** By a link; all sessions before have ended. */
  | 'PASSWORD_RESET'
  /** A link was asked for; the person themselves need not have done it. */
  | 'PASSWORD_RESET_REQUESTED'
  /** A refresh token was used that had been used before, so two had it: its session has ended. */
  | 'REFRESH_TOKEN_REUSED'
  | 'ROLE_CHANGED'
  /** The person ended one of their sessions, or all others at once. */
  | 'SESSION_REVOKED'
  /** The account was made, and the person signed in. */
  | 'SIGNED_UP';

/** One signed-in device. Revoking it ends its tokens and closes its live connections. */
export type Session = Node & {
  __typename?: 'Session';
  createdAt: Scalars['DateTime']['output'];
  /** When it ends unless its tokens are renewed before. */
  expiresAt: Scalars['DateTime']['output'];
  id: Scalars['ID']['output'];
  /** Where it signed in from; null where that is not known. */
  ipAddress?: Maybe<Scalars['String']['output']>;
  /** Whether this request belongs to it. */
  isCurrent: Scalars['Boolean']['output'];
  /** When its tokens were last renewed. */
  lastUsedAt: Scalars['DateTime']['output'];
  /** What the device said of itself when it signed in, at most 512 characters; null where it said nothing. */
  userAgent?: Maybe<Scalars['String']['output']>;
};

export type SignUpInput = {
  email: Scalars['EmailAddress']['input'];
  /** 1 to 255 characters. */
  fullName?: InputMaybe<Scalars['String']['input']>;
  /** 8 to 256 characters, with an upper-case letter and a digit, and none that is guessed first, such as Password1. */
  password: Scalars['String']['input'];
  /** COOKIE keeps the refresh token out of the page's scripts. */
  refreshTokenIn: RefreshTokenPlace;
  /** As in UpdateMeInput; null is UTC. */
  timeZone?: InputMaybe<Scalars['String']['input']>;
  /** 3 to 50 letters, digits, dots, dashes or underscores. */
  username: Scalars['String']['input'];
};

export type SignUpPayload = AuthPayload & Payload & {
  __typename?: 'SignUpPayload';
  accessToken?: Maybe<Scalars['String']['output']>;
  accessTokenExpiresAt?: Maybe<Scalars['DateTime']['output']>;
  refreshToken?: Maybe<Scalars['String']['output']>;
  user?: Maybe<User>;
  userErrors: Array<UserError>;
};

export type SortDirection =
  | 'ASC'
  | 'DESC';

export type Subscription = {
  __typename?: 'Subscription';
  /** Live changes of everything that is the viewer's. With a cursor: first all that was missed. */
  changes: Change;
  /** Live changes of the viewer's todos. With a cursor: first all that was missed. */
  todoChanged: TodoChange;
};


export type SubscriptionChangesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
};


export type SubscriptionTodoChangedArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
};

/** How many open todos have a tag. */
export type TagCount = {
  __typename?: 'TagCount';
  count: Scalars['Int']['output'];
  tag: Scalars['String']['output'];
};

/** Something to do. Visible to its owner, and to admins through the owner. */
export type Todo = Node & {
  __typename?: 'Todo';
  completed: Scalars['Boolean']['output'];
  /** The first time that it was completed; null while it is open. */
  completedAt?: Maybe<Scalars['DateTime']['output']>;
  createdAt: Scalars['DateTime']['output'];
  /**
   * When it was thrown away. It can be restored until it is removed for good, after 30 days unless the server is set otherwise
   * (TRASH_DAYS). Null while it is not in the trash.
   */
  deletedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Up to 10,000 characters; null where there is none. */
  description?: Maybe<Scalars['String']['output']>;
  /** Null where it is due at no particular time. */
  dueAt?: Maybe<Scalars['DateTime']['output']>;
  id: Scalars['ID']['output'];
  owner: User;
  /** Where it stands in the owner's own order: compare as text, byte by byte. */
  position: Scalars['String']['output'];
  priority: Priority;
  /**
   * How it repeats: an RRULE of RFC 5545, without "RRULE:"; null where it does not. dueAt is where the series begins. It goes
   * by the wall clock of the owner's time zone, so that nine o'clock stays nine o'clock over daylight saving. A day or a time
   * that there is not is left out, and nothing takes its place: the 31st in April, 29 February in most years, a fifth Monday,
   * half past two in the night in which clocks go forward.
   *
   * Completing it makes the next one: a new todo, with the same title, description, tags, priority, recurrence, reminder by
   * minutes and position, where it comes directly behind. It is due at the first time of the series that is behind dueAt and
   * still to come: what was missed is skipped, so that a daily todo that is a week late makes one for tomorrow. COUNT counts
   * this todo as the first, and what was skipped too, which is over after ten years; the next one has what is left. After the
   * last one, by COUNT or UNTIL, there is no next. It is made once, however often the todo is opened and completed again. Opening the todo again removes
   * the next one, unless it was changed since. Throwing an open todo away ends the series.
   *
   * Another recurrence or dueAt is for this todo and those that follow it; those that were made before stay as they are.
   */
  recurrence?: Maybe<Scalars['String']['output']>;
  /**
   * When its owner is reminded by a mail, once, within a minute; null where never. Where it lies in the past, less than a day,
   * at once. No mail comes where the todo is completed or in the trash at that time, and none is made up for later; nor to an
   * account that is locked or closed, nor to an email address that is not verified. It stays here when the mail was sent.
   * Being reminded is no change of the todo.
   */
  remindAt?: Maybe<Scalars['DateTime']['output']>;
  /** Where the reminder was set by minutes before dueAt, how many; remindAt is the instant that follows, and moves with dueAt. Null otherwise. */
  remindMinutesBefore?: Maybe<Scalars['Int']['output']>;
  /** In the order in which they were given, each once. */
  tags: Array<Scalars['String']['output']>;
  /** 1 to 200 characters. */
  title: Scalars['String']['output'];
  updatedAt: Scalars['DateTime']['output'];
  /** Grows by one with every change. */
  version: Scalars['Int']['output'];
};

/** A todo of the viewer's that changed. */
export type TodoChange = Change & {
  __typename?: 'TodoChange';
  at: Scalars['DateTime']['output'];
  cursor: Scalars['String']['output'];
  kind: ChangeKind;
  /** As it is now; null where it is gone or in the trash. */
  todo?: Maybe<Todo>;
  todoId: Scalars['ID']['output'];
};

/** A page of todos. */
export type TodoConnection = {
  __typename?: 'TodoConnection';
  edges: Array<TodoEdge>;
  /** The edges' todos, without their cursors. */
  nodes: Array<Todo>;
  pageInfo: PageInfo;
  /** How many the filter leaves in all; counted only where it is selected. */
  totalCount: Scalars['Int']['output'];
};

export type TodoEdge = {
  __typename?: 'TodoEdge';
  cursor: Scalars['String']['output'];
  node: Todo;
};

/** All that is named must hold. */
export type TodoFilter = {
  completed?: InputMaybe<Scalars['Boolean']['input']>;
  /** True: only what was thrown away. */
  deleted?: InputMaybe<Scalars['Boolean']['input']>;
  /** Due at this instant or later. */
  dueAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Due before this instant. */
  dueBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** True: due in the past and not completed. False: all others. It goes by instants, so that nobody's time zone matters. */
  overdue?: InputMaybe<Scalars['Boolean']['input']>;
  /** Any one of these; an empty list finds nothing. */
  priorities?: InputMaybe<Array<Priority>>;
  /**
   * Words of the title or the description, all of them, in any order, in any script; without regard to case and accents.
   * The last word may be the beginning of one. Blank finds everything; punctuation alone finds nothing. Unless an order is
   * asked for, what fits best comes first.
   */
  search?: InputMaybe<Scalars['String']['input']>;
  /** Every one of these. */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** Todos that are alike in the field stand in the order of their ids. */
export type TodoOrder = {
  direction: SortDirection;
  field: TodoOrderField;
};

export type TodoOrderField =
  | 'CREATED_AT'
  /** Todos without a due date come last in either direction. */
  | 'DUE_AT'
  /** The owner's own order. */
  | 'POSITION'
  | 'PRIORITY'
  /** By the alphabet, in any script; see the collation und-x-icu of PostgreSQL. */
  | 'TITLE'
  | 'UPDATED_AT';

export type TodoStats = {
  __typename?: 'TodoStats';
  completed: Scalars['Int']['output'];
  /** Not completed. */
  open: Scalars['Int']['output'];
  /** Due in the past and not completed. It goes by instants, so that nobody's time zone matters. */
  overdue: Scalars['Int']['output'];
  /** The tags of the open ones, most used first; those used alike in the order of their letters. */
  tags: Array<TagCount>;
  total: Scalars['Int']['output'];
};

export type ToggleTodoPayload = Payload & {
  __typename?: 'ToggleTodoPayload';
  /** As for updateTodo. */
  todo?: Maybe<Todo>;
  userErrors: Array<UserError>;
};

export type UpdateMeInput = {
  /** Left out stays; it cannot be null. */
  email?: InputMaybe<Scalars['EmailAddress']['input']>;
  /** Left out stays; null takes it away. 1 to 255 characters. */
  fullName?: InputMaybe<Scalars['String']['input']>;
  /**
   * Left out stays; it cannot be null. A name of the IANA time zone database, in any case, such as Europe/Berlin or UTC; an
   * offset such as +05:00 is INVALID. What was made before keeps its instants; the next one of a todo that repeats is
   * reckoned in the new zone.
   */
  timeZone?: InputMaybe<Scalars['String']['input']>;
  /** Left out stays; it cannot be null. 3 to 50 letters, digits, dots, dashes or underscores. */
  username?: InputMaybe<Scalars['String']['input']>;
};

export type UpdateMePayload = Payload & {
  __typename?: 'UpdateMePayload';
  user?: Maybe<User>;
  userErrors: Array<UserError>;
};

/** Fields left out stay as they are. */
export type UpdateTodoInput = {
  /** Completing twice keeps the first time; cannot be null. */
  completed?: InputMaybe<Scalars['Boolean']['input']>;
  /** Up to 10,000 characters; null clears. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** Null clears. */
  dueAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** Where given, the change is refused as CONFLICT unless the todo still has this version. */
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  /** Null is NONE. */
  priority?: InputMaybe<Priority>;
  /** As in CreateTodoInput; null ends the series, so that completing the todo makes no next one. dueAt cannot be cleared while there is one. */
  recurrence?: InputMaybe<Scalars['String']['input']>;
  /**
   * When to remind the owner by mail: see Todo.remindAt. It takes the place of remindMinutesBefore; null clears the reminder,
   * also one by minutes, unless minutes are given. Another instant than before arms a reminder that was sent anew.
   */
  remindAt?: InputMaybe<Scalars['DateTime']['input']>;
  /**
   * So many minutes before dueAt, which the todo has to have: 0 to 40,320, which is four weeks. It takes the place of remindAt
   * and moves with dueAt; clearing dueAt clears it. Null clears a reminder that was set by minutes.
   */
  remindMinutesBefore?: InputMaybe<Scalars['Int']['input']>;
  /** Up to 20, each 1 to 50 characters; all of them are replaced; null clears. */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
  /** 1 to 200 characters; cannot be null. */
  title?: InputMaybe<Scalars['String']['input']>;
};

export type UpdateTodoPayload = Payload & {
  __typename?: 'UpdateTodoPayload';
  /** Where userErrors says CONFLICT, as it is now, to merge with. Otherwise null where it was not changed. */
  todo?: Maybe<Todo>;
  userErrors: Array<UserError>;
};

export type UpdateTodosPayload = Payload & {
  __typename?: 'UpdateTodosPayload';
  /** Null where none was changed. */
  todos?: Maybe<Array<Todo>>;
  userErrors: Array<UserError>;
};

/** What is left out stays as it is. Null is INVALID, but for fullName. */
export type UpdateUserInput = {
  /** TAKEN where another account has it, a closed one included. Another one than before is not verified. */
  email?: InputMaybe<Scalars['EmailAddress']['input']>;
  /** 1 to 255 characters; null takes it away. */
  fullName?: InputMaybe<Scalars['String']['input']>;
  /** False locks the account, true unlocks it. */
  isActive?: InputMaybe<Scalars['Boolean']['input']>;
  role?: InputMaybe<Role>;
  /** 3 to 50 letters, digits, dots, dashes or underscores. TAKEN where another account has it, a closed one included. */
  username?: InputMaybe<Scalars['String']['input']>;
};

export type UpdateUserPayload = Payload & {
  __typename?: 'UpdateUserPayload';
  user?: Maybe<User>;
  userErrors: Array<UserError>;
};

/** A person with an account. Visible to themselves and to admins. */
export type User = Node & {
  __typename?: 'User';
  createdAt: Scalars['DateTime']['output'];
  /** When the account was closed; an admin can restore it for 30 days. Null while it is open. */
  deletedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Unique without regard to case. One that ends in @external.invalid gets no mail: the issuer of the account's tokens gave none, or one that somebody else has. */
  email: Scalars['EmailAddress']['output'];
  /** Null until the address is verified. */
  emailVerifiedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Null where the person gave none. */
  fullName?: Maybe<Scalars['String']['output']>;
  id: Scalars['ID']['output'];
  /** False where an admin has locked the account. */
  isActive: Scalars['Boolean']['output'];
  plan: Plan;
  /** When the plan falls back to FREE; null on FREE. */
  planExpiresAt?: Maybe<Scalars['DateTime']['output']>;
  role: Role;
  /**
   * What happened to the account, newest first: for the person and for admins. 20 at a time unless told, 100 at the most;
   * first with last is BAD_REQUEST.
   */
  securityEvents: SecurityEventConnection;
  /** The devices that are signed in, the one used last first. */
  sessions: Array<Session>;
  /** The person's time zone by its IANA name, such as Europe/Berlin; UTC unless they say otherwise. Todos repeat by its wall clock. */
  timeZone: Scalars['String']['output'];
  /** The person's todos. 20 at a time unless told, 100 at the most; first with last is BAD_REQUEST; in the person's own order unless told, or best first where the filter searches. */
  todos: TodoConnection;
  updatedAt: Scalars['DateTime']['output'];
  /** Unique without regard to case. */
  username: Scalars['String']['output'];
};


/** A person with an account. Visible to themselves and to admins. */
export type UserSecurityEventsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** A person with an account. Visible to themselves and to admins. */
export type UserTodosArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<TodoFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<TodoOrder>;
};

/** A change of the viewer's own account: name, email, plan, role. */
export type UserChange = Change & {
  __typename?: 'UserChange';
  at: Scalars['DateTime']['output'];
  cursor: Scalars['String']['output'];
  kind: ChangeKind;
  /** As it is now; null where it is gone. */
  user?: Maybe<User>;
  userId: Scalars['ID']['output'];
};

/** A page of accounts. */
export type UserConnection = {
  __typename?: 'UserConnection';
  edges: Array<UserEdge>;
  /** The edges' users, without their cursors. */
  nodes: Array<User>;
  pageInfo: PageInfo;
  /** How many the filter leaves in all; counted only where it is selected. */
  totalCount: Scalars['Int']['output'];
};

export type UserEdge = {
  __typename?: 'UserEdge';
  cursor: Scalars['String']['output'];
  node: User;
};

/** What a person using the app can put right. What only a developer or an operator can put right is an error of the response. */
export type UserError = {
  __typename?: 'UserError';
  code: UserErrorCode;
  /** A sentence to show to a person. */
  message: Scalars['String']['output'];
  /** Where the input was wrong, such as ["input", "title"]; empty where no one field is to blame. */
  path: Array<Scalars['String']['output']>;
};

export type UserErrorCode =
  /** It changed since it was read: expectedVersion is behind. */
  | 'CONFLICT'
  /** A link, token or checkout that is over. */
  | 'EXPIRED'
  /** Missing, malformed, too long, too short, or out of range. */
  | 'INVALID'
  /** The viewer's plan allows no more. */
  | 'LIMIT_REACHED'
  /** Not possible in the present state: a refund of an unpaid payment. */
  | 'NOT_ALLOWED'
  /** No such thing, or not yours. */
  | 'NOT_FOUND'
  /** The payment provider said no. */
  | 'PAYMENT_DECLINED'
  /** The payment provider did not answer; the same call may be made again. */
  | 'PROVIDER_UNAVAILABLE'
  /** Somebody has it already: an email, a username, an id chosen by the client. */
  | 'TAKEN'
  /** The wrong email or password. */
  | 'WRONG_CREDENTIALS';

/** All that is named must hold; what is null or left out asks for nothing. */
export type UserFilter = {
  /** True: only closed accounts. Null is the same as false. */
  deleted?: InputMaybe<Scalars['Boolean']['input']>;
  /** False: only locked accounts. */
  isActive?: InputMaybe<Scalars['Boolean']['input']>;
  role?: InputMaybe<Role>;
  /**
   * Part of the email, username or full name, at most 320 characters; case and blanks around it do not count, and no
   * character is a wildcard. An index finds what has three Latin letters or digits in a row; for anything else every account
   * is looked at.
   */
  search?: InputMaybe<Scalars['String']['input']>;
};

export type VerifyEmailInput = {
  /** From the link. */
  token: Scalars['String']['input'];
};

export type VerifyEmailPayload = Payload & {
  __typename?: 'VerifyEmailPayload';
  /** Null where the viewer may not see them, as on a device that is not signed in: the address is verified all the same. */
  user?: Maybe<User>;
  userErrors: Array<UserError>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;




/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  AuthPayload:
    | ( Outcome<Omit<LogInPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<Omit<RefreshSessionPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<Omit<ResetPasswordPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<Omit<SignUpPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
  ;
  Change:
    | ( ChangeSource )
    | ( ChangeSource )
  ;
  Node:
    | ( SessionRow )
    | ( TodoSource )
    | ( UserSource )
  ;
  Payload:
    | ( Outcome<Omit<ChangePasswordPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<Omit<CreateTodoPayload, 'todo'> & { todo?: Maybe<_RefType['Todo']> }> )
    | ( Outcome<DeleteCompletedTodosPayload> )
    | ( Outcome<DeleteMePayload> )
    | ( Outcome<Omit<DeleteTodoPayload, 'todo'> & { todo?: Maybe<_RefType['Todo']> }> )
    | ( Outcome<DeleteUserPayload> )
    | ( Outcome<Omit<LogInPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<LogOutPayload> )
    | ( Outcome<Omit<MoveTodoPayload, 'todo'> & { todo?: Maybe<_RefType['Todo']> }> )
    | ( Outcome<Omit<RefreshSessionPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<RequestEmailVerificationPayload> )
    | ( Outcome<RequestPasswordResetPayload> )
    | ( Outcome<Omit<ResetPasswordPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<Omit<RestoreTodoPayload, 'todo'> & { todo?: Maybe<_RefType['Todo']> }> )
    | ( Outcome<Omit<RestoreUserPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<RevokeOtherSessionsPayload> )
    | ( Outcome<RevokeSessionPayload> )
    | ( Outcome<Omit<SignUpPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<Omit<ToggleTodoPayload, 'todo'> & { todo?: Maybe<_RefType['Todo']> }> )
    | ( Outcome<Omit<UpdateMePayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<Omit<UpdateTodoPayload, 'todo'> & { todo?: Maybe<_RefType['Todo']> }> )
    | ( Outcome<Omit<UpdateTodosPayload, 'todos'> & { todos?: Maybe<Array<_RefType['Todo']>> }> )
    | ( Outcome<Omit<UpdateUserPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<Omit<VerifyEmailPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  ApiInfo: ResolverTypeWrapper<ApiInfo>;
  AuthPayload: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['AuthPayload']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Change: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Change']>;
  ChangeKind: ChangeKind;
  ChangePage: ResolverTypeWrapper<Omit<ChangePage, 'changes'> & { changes: Array<ResolversTypes['Change']> }>;
  ChangePasswordInput: ChangePasswordInput;
  ChangePasswordPayload: ResolverTypeWrapper<Outcome<Omit<ChangePasswordPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
  CreateTodoInput: CreateTodoInput;
  CreateTodoPayload: ResolverTypeWrapper<Outcome<Omit<CreateTodoPayload, 'todo'> & { todo?: Maybe<ResolversTypes['Todo']> }>>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DeleteCompletedTodosPayload: ResolverTypeWrapper<Outcome<DeleteCompletedTodosPayload>>;
  DeleteMeInput: DeleteMeInput;
  DeleteMePayload: ResolverTypeWrapper<Outcome<DeleteMePayload>>;
  DeleteTodoPayload: ResolverTypeWrapper<Outcome<Omit<DeleteTodoPayload, 'todo'> & { todo?: Maybe<ResolversTypes['Todo']> }>>;
  DeleteUserPayload: ResolverTypeWrapper<Outcome<DeleteUserPayload>>;
  EmailAddress: ResolverTypeWrapper<Scalars['EmailAddress']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  LogInInput: LogInInput;
  LogInPayload: ResolverTypeWrapper<Outcome<Omit<LogInPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
  LogOutPayload: ResolverTypeWrapper<Outcome<LogOutPayload>>;
  MoveTodoInput: MoveTodoInput;
  MoveTodoPayload: ResolverTypeWrapper<Outcome<Omit<MoveTodoPayload, 'todo'> & { todo?: Maybe<ResolversTypes['Todo']> }>>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  PageInfo: ResolverTypeWrapper<PageInfoSource>;
  Payload: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Payload']>;
  Plan: Plan;
  Priority: Priority;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RateLimitBy: RateLimitBy;
  RefreshSessionInput: RefreshSessionInput;
  RefreshSessionPayload: ResolverTypeWrapper<Outcome<Omit<RefreshSessionPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
  RefreshTokenPlace: RefreshTokenPlace;
  RequestEmailVerificationPayload: ResolverTypeWrapper<Outcome<RequestEmailVerificationPayload>>;
  RequestPasswordResetInput: RequestPasswordResetInput;
  RequestPasswordResetPayload: ResolverTypeWrapper<Outcome<RequestPasswordResetPayload>>;
  ResetPasswordInput: ResetPasswordInput;
  ResetPasswordPayload: ResolverTypeWrapper<Outcome<Omit<ResetPasswordPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
  RestoreTodoPayload: ResolverTypeWrapper<Outcome<Omit<RestoreTodoPayload, 'todo'> & { todo?: Maybe<ResolversTypes['Todo']> }>>;
  RestoreUserPayload: ResolverTypeWrapper<Outcome<Omit<RestoreUserPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
  RevokeOtherSessionsPayload: ResolverTypeWrapper<Outcome<RevokeOtherSessionsPayload>>;
  RevokeSessionPayload: ResolverTypeWrapper<Outcome<RevokeSessionPayload>>;
  Role: Role;
  SecurityEvent: ResolverTypeWrapper<SecurityEventRow>;
  SecurityEventConnection: ResolverTypeWrapper<SecurityEventConnectionSource>;
  SecurityEventEdge: ResolverTypeWrapper<SecurityEventEdgeSource>;
  SecurityEventKind: SecurityEventKind;
  Session: ResolverTypeWrapper<SessionRow>;
  SignUpInput: SignUpInput;
  SignUpPayload: ResolverTypeWrapper<Outcome<Omit<SignUpPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
  SortDirection: SortDirection;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  TagCount: ResolverTypeWrapper<TagCount>;
  Todo: ResolverTypeWrapper<TodoSource>;
  TodoChange: ResolverTypeWrapper<ChangeSource>;
  TodoConnection: ResolverTypeWrapper<TodoConnectionSource>;
  TodoEdge: ResolverTypeWrapper<TodoEdgeSource>;
  TodoFilter: TodoFilter;
  TodoOrder: TodoOrder;
  TodoOrderField: TodoOrderField;
  TodoStats: ResolverTypeWrapper<TodoStats>;
  ToggleTodoPayload: ResolverTypeWrapper<Outcome<Omit<ToggleTodoPayload, 'todo'> & { todo?: Maybe<ResolversTypes['Todo']> }>>;
  UpdateMeInput: UpdateMeInput;
  UpdateMePayload: ResolverTypeWrapper<Outcome<Omit<UpdateMePayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
  UpdateTodoInput: UpdateTodoInput;
  UpdateTodoPayload: ResolverTypeWrapper<Outcome<Omit<UpdateTodoPayload, 'todo'> & { todo?: Maybe<ResolversTypes['Todo']> }>>;
  UpdateTodosPayload: ResolverTypeWrapper<Outcome<Omit<UpdateTodosPayload, 'todos'> & { todos?: Maybe<Array<ResolversTypes['Todo']>> }>>;
  UpdateUserInput: UpdateUserInput;
  UpdateUserPayload: ResolverTypeWrapper<Outcome<Omit<UpdateUserPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
  User: ResolverTypeWrapper<UserSource>;
  UserChange: ResolverTypeWrapper<ChangeSource>;
  UserConnection: ResolverTypeWrapper<UserConnectionSource>;
  UserEdge: ResolverTypeWrapper<UserEdgeSource>;
  UserError: ResolverTypeWrapper<UserError>;
  UserErrorCode: UserErrorCode;
  UserFilter: UserFilter;
  VerifyEmailInput: VerifyEmailInput;
  VerifyEmailPayload: ResolverTypeWrapper<Outcome<Omit<VerifyEmailPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  ApiInfo: ApiInfo;
  AuthPayload: ResolversInterfaceTypes<ResolversParentTypes>['AuthPayload'];
  Boolean: Scalars['Boolean']['output'];
  Change: ResolversInterfaceTypes<ResolversParentTypes>['Change'];
  ChangePage: Omit<ChangePage, 'changes'> & { changes: Array<ResolversParentTypes['Change']> };
  ChangePasswordInput: ChangePasswordInput;
  ChangePasswordPayload: Outcome<Omit<ChangePasswordPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
  CreateTodoInput: CreateTodoInput;
  CreateTodoPayload: Outcome<Omit<CreateTodoPayload, 'todo'> & { todo?: Maybe<ResolversParentTypes['Todo']> }>;
  DateTime: Scalars['DateTime']['output'];
  DeleteCompletedTodosPayload: Outcome<DeleteCompletedTodosPayload>;
  DeleteMeInput: DeleteMeInput;
  DeleteMePayload: Outcome<DeleteMePayload>;
  DeleteTodoPayload: Outcome<Omit<DeleteTodoPayload, 'todo'> & { todo?: Maybe<ResolversParentTypes['Todo']> }>;
  DeleteUserPayload: Outcome<DeleteUserPayload>;
  EmailAddress: Scalars['EmailAddress']['output'];
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  LogInInput: LogInInput;
  LogInPayload: Outcome<Omit<LogInPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
  LogOutPayload: Outcome<LogOutPayload>;
  MoveTodoInput: MoveTodoInput;
  MoveTodoPayload: Outcome<Omit<MoveTodoPayload, 'todo'> & { todo?: Maybe<ResolversParentTypes['Todo']> }>;
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  PageInfo: PageInfoSource;
  Payload: ResolversInterfaceTypes<ResolversParentTypes>['Payload'];
  Query: Record<PropertyKey, never>;
  RefreshSessionInput: RefreshSessionInput;
  RefreshSessionPayload: Outcome<Omit<RefreshSessionPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
  RequestEmailVerificationPayload: Outcome<RequestEmailVerificationPayload>;
  RequestPasswordResetInput: RequestPasswordResetInput;
  RequestPasswordResetPayload: Outcome<RequestPasswordResetPayload>;
  ResetPasswordInput: ResetPasswordInput;
  ResetPasswordPayload: Outcome<Omit<ResetPasswordPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
  RestoreTodoPayload: Outcome<Omit<RestoreTodoPayload, 'todo'> & { todo?: Maybe<ResolversParentTypes['Todo']> }>;
  RestoreUserPayload: Outcome<Omit<RestoreUserPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
  RevokeOtherSessionsPayload: Outcome<RevokeOtherSessionsPayload>;
  RevokeSessionPayload: Outcome<RevokeSessionPayload>;
  SecurityEvent: SecurityEventRow;
  SecurityEventConnection: SecurityEventConnectionSource;
  SecurityEventEdge: SecurityEventEdgeSource;
  Session: SessionRow;
  SignUpInput: SignUpInput;
  SignUpPayload: Outcome<Omit<SignUpPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
  String: Scalars['String']['output'];
  Subscription: Record<PropertyKey, never>;
  TagCount: TagCount;
  Todo: TodoSource;
  TodoChange: ChangeSource;
  TodoConnection: TodoConnectionSource;
  TodoEdge: TodoEdgeSource;
  TodoFilter: TodoFilter;
  TodoOrder: TodoOrder;
  TodoStats: TodoStats;
  ToggleTodoPayload: Outcome<Omit<ToggleTodoPayload, 'todo'> & { todo?: Maybe<ResolversParentTypes['Todo']> }>;
  UpdateMeInput: UpdateMeInput;
  UpdateMePayload: Outcome<Omit<UpdateMePayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
  UpdateTodoInput: UpdateTodoInput;
  UpdateTodoPayload: Outcome<Omit<UpdateTodoPayload, 'todo'> & { todo?: Maybe<ResolversParentTypes['Todo']> }>;
  UpdateTodosPayload: Outcome<Omit<UpdateTodosPayload, 'todos'> & { todos?: Maybe<Array<ResolversParentTypes['Todo']>> }>;
  UpdateUserInput: UpdateUserInput;
  UpdateUserPayload: Outcome<Omit<UpdateUserPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
  User: UserSource;
  UserChange: ChangeSource;
  UserConnection: UserConnectionSource;
  UserEdge: UserEdgeSource;
  UserError: UserError;
  UserFilter: UserFilter;
  VerifyEmailInput: VerifyEmailInput;
  VerifyEmailPayload: Outcome<Omit<VerifyEmailPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
};

export type HasRoleDirectiveArgs = {
  role: Role;
};

export type HasRoleDirectiveResolver<Result, Parent, ContextType = OperationContext, Args = HasRoleDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type PublicDirectiveArgs = { };

export type PublicDirectiveResolver<Result, Parent, ContextType = OperationContext, Args = PublicDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type RateLimitDirectiveArgs = {
  by: RateLimitBy;
  max: Scalars['Int']['input'];
  window: Scalars['Int']['input'];
};

export type RateLimitDirectiveResolver<Result, Parent, ContextType = OperationContext, Args = RateLimitDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ApiInfoResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ApiInfo'] = ResolversParentTypes['ApiInfo']> = {
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AuthPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['AuthPayload'] = ResolversParentTypes['AuthPayload']> = {
  __resolveType: TypeResolveFn<'LogInPayload' | 'RefreshSessionPayload' | 'ResetPasswordPayload' | 'SignUpPayload', ParentType, ContextType>;
};

export type ChangeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Change'] = ResolversParentTypes['Change']> = {
  __resolveType: TypeResolveFn<'TodoChange' | 'UserChange', ParentType, ContextType>;
};

export type ChangePageResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ChangePage'] = ResolversParentTypes['ChangePage']> = {
  changes?: Resolver<Array<ResolversTypes['Change']>, ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  hasMore?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ChangePasswordPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ChangePasswordPayload'] = ResolversParentTypes['ChangePasswordPayload']> = {
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CreateTodoPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CreateTodoPayload'] = ResolversParentTypes['CreateTodoPayload']> = {
  todo?: Resolver<Maybe<ResolversTypes['Todo']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeleteCompletedTodosPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['DeleteCompletedTodosPayload'] = ResolversParentTypes['DeleteCompletedTodosPayload']> = {
  todoIds?: Resolver<Array<ResolversTypes['ID']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeleteMePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['DeleteMePayload'] = ResolversParentTypes['DeleteMePayload']> = {
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  userId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeleteTodoPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['DeleteTodoPayload'] = ResolversParentTypes['DeleteTodoPayload']> = {
  todo?: Resolver<Maybe<ResolversTypes['Todo']>, ParentType, ContextType>;
  todoId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeleteUserPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['DeleteUserPayload'] = ResolversParentTypes['DeleteUserPayload']> = {
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  userId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface EmailAddressScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['EmailAddress'], any> {
  name: 'EmailAddress';
}

export type LogInPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['LogInPayload'] = ResolversParentTypes['LogInPayload']> = {
  accessToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  accessTokenExpiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  refreshToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type LogOutPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['LogOutPayload'] = ResolversParentTypes['LogOutPayload']> = {
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MoveTodoPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MoveTodoPayload'] = ResolversParentTypes['MoveTodoPayload']> = {
  todo?: Resolver<Maybe<ResolversTypes['Todo']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MutationResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  changePassword?: Resolver<ResolversTypes['ChangePasswordPayload'], ParentType, ContextType, RequireFields<MutationChangePasswordArgs, 'input'>>;
  createTodo?: Resolver<ResolversTypes['CreateTodoPayload'], ParentType, ContextType, RequireFields<MutationCreateTodoArgs, 'input'>>;
  deleteCompletedTodos?: Resolver<ResolversTypes['DeleteCompletedTodosPayload'], ParentType, ContextType>;
  deleteMe?: Resolver<ResolversTypes['DeleteMePayload'], ParentType, ContextType, RequireFields<MutationDeleteMeArgs, 'input'>>;
  deleteTodo?: Resolver<ResolversTypes['DeleteTodoPayload'], ParentType, ContextType, RequireFields<MutationDeleteTodoArgs, 'id'>>;
  deleteUser?: Resolver<ResolversTypes['DeleteUserPayload'], ParentType, ContextType, RequireFields<MutationDeleteUserArgs, 'id'>>;
  logIn?: Resolver<ResolversTypes['LogInPayload'], ParentType, PublicContext<ContextType>, RequireFields<MutationLogInArgs, 'input'>>;
  logOut?: Resolver<ResolversTypes['LogOutPayload'], ParentType, ContextType>;
  moveTodo?: Resolver<ResolversTypes['MoveTodoPayload'], ParentType, ContextType, RequireFields<MutationMoveTodoArgs, 'id' | 'input'>>;
  refreshSession?: Resolver<ResolversTypes['RefreshSessionPayload'], ParentType, PublicContext<ContextType>, Partial<MutationRefreshSessionArgs>>;
  requestEmailVerification?: Resolver<ResolversTypes['RequestEmailVerificationPayload'], ParentType, ContextType>;
  requestPasswordReset?: Resolver<ResolversTypes['RequestPasswordResetPayload'], ParentType, PublicContext<ContextType>, RequireFields<MutationRequestPasswordResetArgs, 'input'>>;
  resetPassword?: Resolver<ResolversTypes['ResetPasswordPayload'], ParentType, PublicContext<ContextType>, RequireFields<MutationResetPasswordArgs, 'input'>>;
  restoreTodo?: Resolver<ResolversTypes['RestoreTodoPayload'], ParentType, ContextType, RequireFields<MutationRestoreTodoArgs, 'id'>>;
  restoreUser?: Resolver<ResolversTypes['RestoreUserPayload'], ParentType, ContextType, RequireFields<MutationRestoreUserArgs, 'id'>>;
  revokeOtherSessions?: Resolver<ResolversTypes['RevokeOtherSessionsPayload'], ParentType, ContextType>;
  revokeSession?: Resolver<ResolversTypes['RevokeSessionPayload'], ParentType, ContextType, RequireFields<MutationRevokeSessionArgs, 'id'>>;
  signUp?: Resolver<ResolversTypes['SignUpPayload'], ParentType, PublicContext<ContextType>, RequireFields<MutationSignUpArgs, 'input'>>;
  toggleTodo?: Resolver<ResolversTypes['ToggleTodoPayload'], ParentType, ContextType, RequireFields<MutationToggleTodoArgs, 'id'>>;
  updateMe?: Resolver<ResolversTypes['UpdateMePayload'], ParentType, ContextType, RequireFields<MutationUpdateMeArgs, 'input'>>;
  updateTodo?: Resolver<ResolversTypes['UpdateTodoPayload'], ParentType, ContextType, RequireFields<MutationUpdateTodoArgs, 'id' | 'input'>>;
  updateTodos?: Resolver<ResolversTypes['UpdateTodosPayload'], ParentType, ContextType, RequireFields<MutationUpdateTodosArgs, 'ids' | 'input'>>;
  updateUser?: Resolver<ResolversTypes['UpdateUserPayload'], ParentType, ContextType, RequireFields<MutationUpdateUserArgs, 'id' | 'input'>>;
  verifyEmail?: Resolver<ResolversTypes['VerifyEmailPayload'], ParentType, PublicContext<ContextType>, RequireFields<MutationVerifyEmailArgs, 'input'>>;
};

export type NodeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Session' | 'Todo' | 'User', ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Payload'] = ResolversParentTypes['Payload']> = {
  __resolveType: TypeResolveFn<'ChangePasswordPayload' | 'CreateTodoPayload' | 'DeleteCompletedTodosPayload' | 'DeleteMePayload' | 'DeleteTodoPayload' | 'DeleteUserPayload' | 'LogInPayload' | 'LogOutPayload' | 'MoveTodoPayload' | 'RefreshSessionPayload' | 'RequestEmailVerificationPayload' | 'RequestPasswordResetPayload' | 'ResetPasswordPayload' | 'RestoreTodoPayload' | 'RestoreUserPayload' | 'RevokeOtherSessionsPayload' | 'RevokeSessionPayload' | 'SignUpPayload' | 'ToggleTodoPayload' | 'UpdateMePayload' | 'UpdateTodoPayload' | 'UpdateTodosPayload' | 'UpdateUserPayload' | 'VerifyEmailPayload', ParentType, ContextType>;
};

export type QueryResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  apiInfo?: Resolver<ResolversTypes['ApiInfo'], ParentType, PublicContext<ContextType>>;
  changes?: Resolver<ResolversTypes['ChangePage'], ParentType, ContextType, Partial<QueryChangesArgs>>;
  me?: Resolver<Maybe<ResolversTypes['User']>, ParentType, PublicContext<ContextType>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  nodes?: Resolver<Array<Maybe<ResolversTypes['Node']>>, ParentType, ContextType, RequireFields<QueryNodesArgs, 'ids'>>;
  todo?: Resolver<Maybe<ResolversTypes['Todo']>, ParentType, ContextType, RequireFields<QueryTodoArgs, 'id'>>;
  todoStats?: Resolver<ResolversTypes['TodoStats'], ParentType, ContextType>;
  todos?: Resolver<ResolversTypes['TodoConnection'], ParentType, ContextType, Partial<QueryTodosArgs>>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType, RequireFields<QueryUserArgs, 'id'>>;
  users?: Resolver<ResolversTypes['UserConnection'], ParentType, ContextType, Partial<QueryUsersArgs>>;
};

export type RefreshSessionPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RefreshSessionPayload'] = ResolversParentTypes['RefreshSessionPayload']> = {
  accessToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  accessTokenExpiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  refreshToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RequestEmailVerificationPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RequestEmailVerificationPayload'] = ResolversParentTypes['RequestEmailVerificationPayload']> = {
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RequestPasswordResetPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RequestPasswordResetPayload'] = ResolversParentTypes['RequestPasswordResetPayload']> = {
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ResetPasswordPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ResetPasswordPayload'] = ResolversParentTypes['ResetPasswordPayload']> = {
  accessToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  accessTokenExpiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  refreshToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RestoreTodoPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RestoreTodoPayload'] = ResolversParentTypes['RestoreTodoPayload']> = {
  todo?: Resolver<Maybe<ResolversTypes['Todo']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RestoreUserPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RestoreUserPayload'] = ResolversParentTypes['RestoreUserPayload']> = {
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RevokeOtherSessionsPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RevokeOtherSessionsPayload'] = ResolversParentTypes['RevokeOtherSessionsPayload']> = {
  revokedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RevokeSessionPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RevokeSessionPayload'] = ResolversParentTypes['RevokeSessionPayload']> = {
  sessionId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SecurityEventResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SecurityEvent'] = ResolversParentTypes['SecurityEvent']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  byAdmin?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  ipAddress?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['SecurityEventKind'], ParentType, ContextType>;
  userAgent?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SecurityEventConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SecurityEventConnection'] = ResolversParentTypes['SecurityEventConnection']> = {
  edges?: Resolver<Array<ResolversTypes['SecurityEventEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['SecurityEvent']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SecurityEventEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SecurityEventEdge'] = ResolversParentTypes['SecurityEventEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['SecurityEvent'], ParentType, ContextType>;
};

export type SessionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Session'] = ResolversParentTypes['Session']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  ipAddress?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  isCurrent?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  lastUsedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  userAgent?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SignUpPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SignUpPayload'] = ResolversParentTypes['SignUpPayload']> = {
  accessToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  accessTokenExpiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  refreshToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  changes?: SubscriptionResolver<ResolversTypes['Change'], "changes", ParentType, ContextType, Partial<SubscriptionChangesArgs>>;
  todoChanged?: SubscriptionResolver<ResolversTypes['TodoChange'], "todoChanged", ParentType, ContextType, Partial<SubscriptionTodoChangedArgs>>;
};

export type TagCountResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['TagCount'] = ResolversParentTypes['TagCount']> = {
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  tag?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type TodoResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Todo'] = ResolversParentTypes['Todo']> = {
  completed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  completedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  deletedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  dueAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  owner?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  position?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  priority?: Resolver<ResolversTypes['Priority'], ParentType, ContextType>;
  recurrence?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  remindAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  remindMinutesBefore?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  tags?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TodoChangeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['TodoChange'] = ResolversParentTypes['TodoChange']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ChangeKind'], ParentType, ContextType>;
  todo?: Resolver<Maybe<ResolversTypes['Todo']>, ParentType, ContextType>;
  todoId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TodoConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['TodoConnection'] = ResolversParentTypes['TodoConnection']> = {
  edges?: Resolver<Array<ResolversTypes['TodoEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Todo']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type TodoEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['TodoEdge'] = ResolversParentTypes['TodoEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Todo'], ParentType, ContextType>;
};

export type TodoStatsResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['TodoStats'] = ResolversParentTypes['TodoStats']> = {
  completed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  open?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  overdue?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  tags?: Resolver<Array<ResolversTypes['TagCount']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ToggleTodoPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ToggleTodoPayload'] = ResolversParentTypes['ToggleTodoPayload']> = {
  todo?: Resolver<Maybe<ResolversTypes['Todo']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UpdateMePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['UpdateMePayload'] = ResolversParentTypes['UpdateMePayload']> = {
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UpdateTodoPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['UpdateTodoPayload'] = ResolversParentTypes['UpdateTodoPayload']> = {
  todo?: Resolver<Maybe<ResolversTypes['Todo']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UpdateTodosPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['UpdateTodosPayload'] = ResolversParentTypes['UpdateTodosPayload']> = {
  todos?: Resolver<Maybe<Array<ResolversTypes['Todo']>>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UpdateUserPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['UpdateUserPayload'] = ResolversParentTypes['UpdateUserPayload']> = {
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UserResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  deletedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  email?: Resolver<ResolversTypes['EmailAddress'], ParentType, ContextType>;
  emailVerifiedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  fullName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isActive?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  plan?: Resolver<ResolversTypes['Plan'], ParentType, ContextType>;
  planExpiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
  securityEvents?: Resolver<ResolversTypes['SecurityEventConnection'], ParentType, ContextType, Partial<UserSecurityEventsArgs>>;
  sessions?: Resolver<Array<ResolversTypes['Session']>, ParentType, ContextType>;
  timeZone?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  todos?: Resolver<ResolversTypes['TodoConnection'], ParentType, ContextType, Partial<UserTodosArgs>>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  username?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UserChangeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['UserChange'] = ResolversParentTypes['UserChange']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ChangeKind'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UserConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['UserConnection'] = ResolversParentTypes['UserConnection']> = {
  edges?: Resolver<Array<ResolversTypes['UserEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['User']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type UserEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['UserEdge'] = ResolversParentTypes['UserEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type UserErrorResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  code?: Resolver<ResolversTypes['UserErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
};

export type VerifyEmailPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['VerifyEmailPayload'] = ResolversParentTypes['VerifyEmailPayload']> = {
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type Resolvers<ContextType = OperationContext> = {
  ApiInfo?: ApiInfoResolvers<ContextType>;
  AuthPayload?: AuthPayloadResolvers<ContextType>;
  Change?: ChangeResolvers<ContextType>;
  ChangePage?: ChangePageResolvers<ContextType>;
  ChangePasswordPayload?: ChangePasswordPayloadResolvers<ContextType>;
  CreateTodoPayload?: CreateTodoPayloadResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  DeleteCompletedTodosPayload?: DeleteCompletedTodosPayloadResolvers<ContextType>;
  DeleteMePayload?: DeleteMePayloadResolvers<ContextType>;
  DeleteTodoPayload?: DeleteTodoPayloadResolvers<ContextType>;
  DeleteUserPayload?: DeleteUserPayloadResolvers<ContextType>;
  EmailAddress?: GraphQLScalarType;
  LogInPayload?: LogInPayloadResolvers<ContextType>;
  LogOutPayload?: LogOutPayloadResolvers<ContextType>;
  MoveTodoPayload?: MoveTodoPayloadResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Payload?: PayloadResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RefreshSessionPayload?: RefreshSessionPayloadResolvers<ContextType>;
  RequestEmailVerificationPayload?: RequestEmailVerificationPayloadResolvers<ContextType>;
  RequestPasswordResetPayload?: RequestPasswordResetPayloadResolvers<ContextType>;
  ResetPasswordPayload?: ResetPasswordPayloadResolvers<ContextType>;
  RestoreTodoPayload?: RestoreTodoPayloadResolvers<ContextType>;
  RestoreUserPayload?: RestoreUserPayloadResolvers<ContextType>;
  RevokeOtherSessionsPayload?: RevokeOtherSessionsPayloadResolvers<ContextType>;
  RevokeSessionPayload?: RevokeSessionPayloadResolvers<ContextType>;
  SecurityEvent?: SecurityEventResolvers<ContextType>;
  SecurityEventConnection?: SecurityEventConnectionResolvers<ContextType>;
  SecurityEventEdge?: SecurityEventEdgeResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  SignUpPayload?: SignUpPayloadResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  TagCount?: TagCountResolvers<ContextType>;
  Todo?: TodoResolvers<ContextType>;
  TodoChange?: TodoChangeResolvers<ContextType>;
  TodoConnection?: TodoConnectionResolvers<ContextType>;
  TodoEdge?: TodoEdgeResolvers<ContextType>;
  TodoStats?: TodoStatsResolvers<ContextType>;
  ToggleTodoPayload?: ToggleTodoPayloadResolvers<ContextType>;
  UpdateMePayload?: UpdateMePayloadResolvers<ContextType>;
  UpdateTodoPayload?: UpdateTodoPayloadResolvers<ContextType>;
  UpdateTodosPayload?: UpdateTodosPayloadResolvers<ContextType>;
  UpdateUserPayload?: UpdateUserPayloadResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserChange?: UserChangeResolvers<ContextType>;
  UserConnection?: UserConnectionResolvers<ContextType>;
  UserEdge?: UserEdgeResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
  VerifyEmailPayload?: VerifyEmailPayloadResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = OperationContext> = {
  hasRole?: HasRoleDirectiveResolver<any, any, ContextType>;
  public?: PublicDirectiveResolver<any, any, ContextType>;
  rateLimit?: RateLimitDirectiveResolver<any, any, ContextType>;
};
