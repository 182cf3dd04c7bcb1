/* Made by npm run codegen from schema/: not to be edited. */
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { UserSource, SessionRow } from '../../identity/identity.reads.ts';
import type { UserConnectionSource, UserEdgeSource } from '../../identity/user-list.reads.ts';
import type { SecurityEventRow, SecurityEventConnectionSource, SecurityEventEdgeSource } from '../../identity/security-event.reads.ts';
import type { TodoSource, TodoConnectionSource, TodoEdgeSource } from '../../todo/todo.reads.ts';
import type { Money as MoneySource } from '../../payment/money.ts';
import type { ProductSource } from '../../payment/product.reads.ts';
import type { OrderSource, OrderConnectionSource, OrderEdgeSource } from '../../payment/order.reads.ts';
import type { OrderLineRow } from '../../payment/order-line.reads.ts';
import type { PaymentSource, PaymentConnectionSource, PaymentEdgeSource } from '../../payment/payment.reads.ts';
import type { NextAction } from '../../payment/providers/provider.ts';
import type { PaymentEventRow } from '../../payment/payment-event.reads.ts';
import type { PaymentTotalRow } from '../../payment/payment-list.reads.ts';
import type { RefundSource, RefundConnectionSource, RefundEdgeSource } from '../../payment/refund.reads.ts';
import type { ProviderMessageRow, ProviderMessageConnectionSource, ProviderMessageEdgeSource } from '../../payment/provider-message.reads.ts';
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
  /** An ISO 4217 currency code in capital letters, such as USD or PKR. */
  CurrencyCode: { input: string; output: string; }
  /** An instant in UTC, RFC 3339 with milliseconds: 2026-11-20T09:30:00.000Z */
  DateTime: { input: Date; output: Date | string; }
  /** An email address. Compared without regard to case. */
  EmailAddress: { input: string; output: string; }
  /** A whole number between -(2^53 - 1) and 2^53 - 1. */
  SafeInt: { input: bigint; output: bigint | string | number; }
  /** A JSON object whose values are strings: form fields, metadata. */
  StringMap: { input: Readonly<Record<string, string>>; output: Readonly<Record<string, string>>; }
  /** An absolute http or https URL. */
  URL: { input: string; output: string; }
};

export type AddProductInput = {
  /** Up to 2,000 characters. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** How many days of it, each: 1 to 36,500. */
  grantsDays?: InputMaybe<Scalars['Int']['input']>;
  /** What a paid order gives. A plan that is paid for, with grantsDays, or none. */
  grantsPlan?: InputMaybe<Plan>;
  /** False: it is there, and not for sale yet. */
  isActive: Scalars['Boolean']['input'];
  /** 1 to 200 characters. */
  name: Scalars['String']['input'];
  /** One for each currency in which it is sold. */
  prices: Array<PriceInput>;
  /** 1 to 64 small letters and digits, with single hyphens between: pro-30-days. It cannot be changed. */
  sku: Scalars['String']['input'];
};

export type AddProductPayload = Payload & {
  __typename?: 'AddProductPayload';
  product?: Maybe<Product>;
  userErrors: Array<UserError>;
};

/** What this server is. */
export type ApiInfo = {
  __typename?: 'ApiInfo';
  description: Scalars['String']['output'];
  name: Scalars['String']['output'];
  /** By semantic versioning. */
  version: Scalars['String']['output'];
};

/** The payer confirms it in the provider's app or by a prompt on the phone. */
export type ApproveOnPhoneAction = {
  __typename?: 'ApproveOnPhoneAction';
  expiresAt: Scalars['DateTime']['output'];
  phoneNumber: Scalars['String']['output'];
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

export type CancelOrderPayload = Payload & {
  __typename?: 'CancelOrderPayload';
  order?: Maybe<Order>;
  userErrors: Array<UserError>;
};

export type CancelPaymentPayload = Payload & {
  __typename?: 'CancelPaymentPayload';
  payment?: Maybe<Payment>;
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

/** Have the browser post these fields as a form. */
export type FormPostAction = {
  __typename?: 'FormPostAction';
  /** Names and values, to be sent as they are: they are signed. */
  fields: Scalars['StringMap']['output'];
  url: Scalars['URL']['output'];
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

/** An amount of money. Reckon with amount, which is exact; the other two are for people and for providers. */
export type Money = {
  __typename?: 'Money';
  /** In the currency's smallest unit: 1050 USD is $10.50, 1050 JPY is ¥1,050. */
  amount: Scalars['SafeInt']['output'];
  currency: Scalars['CurrencyCode']['output'];
  /** In the currency's main unit, as a decimal number: 10.50, or 1050 where the currency has no smaller unit. */
  decimal: Scalars['String']['output'];
  /** For people who read English: $10.50, ¥1,050. */
  formatted: Scalars['String']['output'];
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
  /** Puts something up for sale. TAKEN where there is a product with the sku, a retired one included. */
  addProduct: AddProductPayload;
  /** Nobody can begin to pay for it any more, and an attempt under way is canceled where its provider can do that. Repeated, it changes nothing. NOT_ALLOWED once it is paid. Money that arrives all the same counts, and is flagged for an admin. */
  cancelOrder: CancelOrderPayload;
  /** Ends an attempt under way. Repeated, it changes nothing; NOT_ALLOWED once it is paid, has failed or expired, or is with the bank. Of JazzCash and EasyPaisa it is only canceled here: money that arrives all the same counts. */
  cancelPayment: CancelPaymentPayload;
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
   * The server prices it, at the prices of this moment, which the order keeps. The same idempotencyKey with the same input gives
   * the same order, for 24 hours; with another input, CONFLICT.
   */
  placeOrder: PlaceOrderPayload;
  /**
   * Trades a refresh token for a new pair. Each works once; a second use ends the session. For 30 seconds the one that was
   * used last answers again with the same successor, so that several tabs at once, or a client whose answer was lost, stay
   * signed in. One that is unknown, expired or ended is EXPIRED: log in again.
   */
  refreshSession: RefreshSessionPayload;
  /**
   * Gives money back: all of what is left where no amount is given. The same idempotencyKey gives the same refund. NOT_ALLOWED
   * where nothing is left to be refunded, or the provider cannot do it.
   */
  refundPayment: RefundPaymentPayload;
  /** Sells it in this currency no more; repeated, or where it never was sold in it, it changes nothing. */
  removeProductPrice: RemoveProductPricePayload;
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
  /** Settles a review flag: the payment counts after all, or it does not. What was said last holds; repeated, it changes nothing. NOT_ALLOWED where the flag was never raised. */
  resolvePaymentReview: ResolvePaymentReviewPayload;
  /** Says how a refund ended that the provider could not tell us of. Repeated, it changes nothing; NOT_ALLOWED for one that needs nobody. */
  resolveRefund: ResolveRefundPayload;
  /** Brings a todo back from the trash. Repeated, it changes nothing. LIMIT_REACHED as for createTodo; NOT_FOUND where it was removed for good. */
  restoreTodo: RestoreTodoPayload;
  /** Opens a closed account again, with all that is its own; the person logs in anew. One that is open stays as it is. */
  restoreUser: RestoreUserPayload;
  /** Ends all of the viewer's sessions but the present one. */
  revokeOtherSessions: RevokeOtherSessionsPayload;
  /** Ends one of the viewer's sessions, the present one included. */
  revokeSession: RevokeSessionPayload;
  /** Sets what it costs in one currency from now on. Orders that were placed keep their prices. */
  setProductPrice: SetProductPricePayload;
  /** Makes an account and signs in. */
  signUp: SignUpPayload;
  /**
   * Begins an attempt to pay. An order has at most one attempt under way: a new one cancels the last, unless that is alike and
   * younger than two minutes, then it is answered with again. The same idempotencyKey gives the same attempt. NOT_ALLOWED where
   * the order is paid, EXPIRED where it is over, INVALID where the provider cannot take this. With PROVIDER_UNAVAILABLE the same
   * call may be made again.
   */
  startPayment: StartPaymentPayload;
  /**
   * Asks the provider how it stands, for when the payer comes back before the provider's own message does. Within three
   * seconds of the last time it answers with what is known.
   */
  syncPayment: SyncPaymentPayload;
  /** Completes an open todo, opens a completed one. To say which, use updateTodo's completed: it may be repeated. */
  toggleTodo: ToggleTodoPayload;
  /**
   * What is left out stays as it is. A new email address has to be verified anew: a link is sent there, and the old address
   * is told.
   */
  updateMe: UpdateMePayload;
  /** Orders that have it show its new name and description. What it gives cannot be changed: retire it, and add another one. */
  updateProduct: UpdateProductPayload;
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


export type MutationAddProductArgs = {
  input: AddProductInput;
};


export type MutationCancelOrderArgs = {
  id: Scalars['ID']['input'];
};


export type MutationCancelPaymentArgs = {
  id: Scalars['ID']['input'];
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


export type MutationPlaceOrderArgs = {
  input: PlaceOrderInput;
};


export type MutationRefreshSessionArgs = {
  input?: InputMaybe<RefreshSessionInput>;
};


export type MutationRefundPaymentArgs = {
  input: RefundPaymentInput;
};


export type MutationRemoveProductPriceArgs = {
  currency: Scalars['CurrencyCode']['input'];
  id: Scalars['ID']['input'];
};


export type MutationRequestPasswordResetArgs = {
  input: RequestPasswordResetInput;
};


export type MutationResetPasswordArgs = {
  input: ResetPasswordInput;
};


export type MutationResolvePaymentReviewArgs = {
  input: ResolvePaymentReviewInput;
};


export type MutationResolveRefundArgs = {
  input: ResolveRefundInput;
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


export type MutationSetProductPriceArgs = {
  id: Scalars['ID']['input'];
  input: PriceInput;
};


export type MutationSignUpArgs = {
  input: SignUpInput;
};


export type MutationStartPaymentArgs = {
  input: StartPaymentInput;
};


export type MutationSyncPaymentArgs = {
  id: Scalars['ID']['input'];
};


export type MutationToggleTodoArgs = {
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
};


export type MutationUpdateMeArgs = {
  input: UpdateMeInput;
};


export type MutationUpdateProductArgs = {
  id: Scalars['ID']['input'];
  input: UpdateProductInput;
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

/** A purchase: what, how many, and the total that the server worked out when it was placed. Visible to its owner and to admins. */
export type Order = Node & {
  __typename?: 'Order';
  createdAt: Scalars['DateTime']['output'];
  /**
   * Until then a payment can be begun. An order that is not paid is EXPIRED within a minute of it, or, where an attempt to pay
   * is under way, once that has come to nothing.
   */
  expiresAt: Scalars['DateTime']['output'];
  id: Scalars['ID']['output'];
  /** In the order in which they were given. */
  lines: Array<OrderLine>;
  /** Short, for people and for the provider's records: D and nine of the digits and letters, without I, L, O and U. */
  number: Scalars['String']['output'];
  /** Where the account was removed for good, a stand-in: purged@account.invalid. */
  owner: User;
  /** Paid, less what went back. */
  paid: Money;
  /** When it was paid the first time; null while it was not. */
  paidAt?: Maybe<Scalars['DateTime']['output']>;
  /** Every attempt to pay for it, newest first. At most one of them succeeds, unless money came twice: then the second one is DUPLICATE_PAYMENT. */
  payments: Array<Payment>;
  status: OrderStatus;
  total: Money;
  updatedAt: Scalars['DateTime']['output'];
};

/** An order of the viewer's that changed. */
export type OrderChange = Change & {
  __typename?: 'OrderChange';
  at: Scalars['DateTime']['output'];
  cursor: Scalars['String']['output'];
  kind: ChangeKind;
  /** As it is now; null where it is gone. */
  order?: Maybe<Order>;
  orderId: Scalars['ID']['output'];
};

/** A page of orders. */
export type OrderConnection = {
  __typename?: 'OrderConnection';
  edges: Array<OrderEdge>;
  /** The edges' orders, without their cursors. */
  nodes: Array<Order>;
  pageInfo: PageInfo;
  /** How many the filter leaves in all; counted only where it is selected. */
  totalCount: Scalars['Int']['output'];
};

export type OrderEdge = {
  __typename?: 'OrderEdge';
  cursor: Scalars['String']['output'];
  node: Order;
};

export type OrderFilter = {
  /** Any one of these; an empty list finds nothing. */
  statuses?: InputMaybe<Array<OrderStatus>>;
};

export type OrderLine = {
  __typename?: 'OrderLine';
  /** As it is now: its name may be another one by now, and it may be retired. */
  product: Product;
  /** 1 to 100. */
  quantity: Scalars['Int']['output'];
  total: Money;
  /** The price when the order was placed. */
  unitPrice: Money;
};

export type OrderLineInput = {
  /** 1 to 100. */
  quantity: Scalars['Int']['input'];
  /** Of a product that is for sale: NOT_FOUND otherwise. */
  sku: Scalars['String']['input'];
};

export type OrderStatus =
  | 'CANCELED'
  /** Not paid in time. */
  | 'EXPIRED'
  /** Waiting for a payment. */
  | 'OPEN'
  | 'PAID'
  | 'PARTIALLY_REFUNDED'
  | 'REFUNDED';

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

/** One attempt to pay for an order. Visible to its owner, and to admins. */
export type Payment = Node & {
  __typename?: 'Payment';
  /** What the payer was asked for. */
  amount: Money;
  createdAt: Scalars['DateTime']['output'];
  /** All that was learnt of it, in the order in which it was; what raised and settled review flags is shown to admins alone. */
  events: Array<PaymentEvent>;
  /** When the attempt ends by itself, if nobody pays. A payment on the way at that time may still succeed. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** The provider's or the bank's code for that; null where there is none. */
  failureCode?: Maybe<Scalars['String']['output']>;
  /** Why it failed, for a person; null where it did not, or nobody knows. While it is PENDING, why the payer's last try failed. */
  failureMessage?: Maybe<Scalars['String']['output']>;
  id: Scalars['ID']['output'];
  /**
   * What the payer's browser has to do next. Null where nothing: the attempt is over, or past its expiresAt, or a newer one
   * took its place, or the provider does not know of it yet. Null to everybody but the owner, admins included.
   */
  nextAction?: Maybe<PaymentAction>;
  order: Order;
  /** Where the account was removed for good, a stand-in: purged@account.invalid. */
  owner: User;
  provider: PaymentProvider;
  /** The provider's own id of it; null until it gave one. */
  providerReference?: Maybe<Scalars['String']['output']>;
  /** What can still be refunded: nothing before it succeeded, and nothing that a refund under way may take. */
  refundableAmount: Money;
  /** What went back to the payer, for whatever reason. */
  refundedAmount: Money;
  /** Oldest first, those included that the provider made by itself. */
  refunds: Array<Refund>;
  /** Those that nobody has settled yet, by resolvePaymentReview. */
  reviewFlags: Array<PaymentReviewFlag>;
  status: PaymentStatus;
  updatedAt: Scalars['DateTime']['output'];
};

export type PaymentAction = ApproveOnPhoneAction | FormPostAction | RedirectAction;

/** What a person has to look at. In each list what has waited longest comes first; 20 at a time unless told, 100 at the most. */
export type PaymentAttention = {
  __typename?: 'PaymentAttention';
  /** Messages of providers that could not be done. They are tried again for a while, by themselves. */
  messages: ProviderMessageConnection;
  /** Payments with a review flag: see resolvePaymentReview. */
  payments: PaymentConnection;
  /** Refunds that need an admin: see resolveRefund. */
  refunds: RefundConnection;
};


/** What a person has to look at. In each list what has waited longest comes first; 20 at a time unless told, 100 at the most. */
export type PaymentAttentionMessagesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** What a person has to look at. In each list what has waited longest comes first; 20 at a time unless told, 100 at the most. */
export type PaymentAttentionPaymentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** What a person has to look at. In each list what has waited longest comes first; 20 at a time unless told, 100 at the most. */
export type PaymentAttentionRefundsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** A payment of the viewer's that changed: with everything that is learnt of it. */
export type PaymentChange = Change & {
  __typename?: 'PaymentChange';
  at: Scalars['DateTime']['output'];
  cursor: Scalars['String']['output'];
  kind: ChangeKind;
  /** As it is now; null where it is gone. */
  payment?: Maybe<Payment>;
  paymentId: Scalars['ID']['output'];
};

/** A page of payments. */
export type PaymentConnection = {
  __typename?: 'PaymentConnection';
  edges: Array<PaymentEdge>;
  /** The edges' payments, without their cursors. */
  nodes: Array<Payment>;
  pageInfo: PageInfo;
  /** How many the filter leaves in all; counted only where it is selected. */
  totalCount: Scalars['Int']['output'];
};

export type PaymentEdge = {
  __typename?: 'PaymentEdge';
  cursor: Scalars['String']['output'];
  node: Payment;
};

/** An entry of a payment's history. Entries are added, never changed. */
export type PaymentEvent = {
  __typename?: 'PaymentEvent';
  /** What it was about: the payment, a refund, a dispute; null where the news named none. */
  amount?: Maybe<Money>;
  /** When it was learnt here; it may have happened before. */
  at: Scalars['DateTime']['output'];
  /** Where the news came from. */
  source: PaymentEventSource;
  /** The payment's status once this was known. */
  status: PaymentStatus;
  /** What was learnt, such as session.completed or inquiry. */
  type: Scalars['String']['output'];
};

export type PaymentEventSource =
  /** The provider's answer to a call of ours. */
  | 'API'
  /** The provider was asked how it stands. */
  | 'INQUIRY'
  /** An admin decided. */
  | 'OPERATOR'
  /** A signed message of the provider. */
  | 'WEBHOOK';

/** All that is named must hold. */
export type PaymentFilter = {
  /** At this time or later. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Before this time. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  currency?: InputMaybe<Scalars['CurrencyCode']['input']>;
  /** Of the order that it pays for, in capital or small letters. */
  orderNumber?: InputMaybe<Scalars['String']['input']>;
  provider?: InputMaybe<PaymentProvider>;
  /** With this flag, which nobody has settled yet. For admins: FORBIDDEN to others. */
  reviewFlag?: InputMaybe<PaymentReviewFlag>;
  /** Any one of these; an empty list finds nothing. */
  statuses?: InputMaybe<Array<PaymentStatus>>;
};

export type PaymentMethod =
  /** On a page of the provider's. */
  | 'HOSTED'
  /** By a prompt on the payer's phone: JazzCash, EasyPaisa and the sandbox. */
  | 'MOBILE_WALLET';

export type PaymentProvider =
  | 'EASYPAISA'
  | 'JAZZCASH'
  /** A make-believe provider with a checkout page of this server's own. Off in production. */
  | 'SANDBOX'
  | 'STRIPE';

/** What a person has to look at before a payment counts for its order, or because it no longer should. */
export type PaymentReviewFlag =
  | 'AMOUNT_MISMATCH'
  | 'CURRENCY_MISMATCH'
  | 'DISPUTED'
  /** A second attempt for an order that was paid already. */
  | 'DUPLICATE_PAYMENT'
  /** It succeeded after its order had expired or was canceled. */
  | 'LATE_SUCCESS'
  | 'OVER_REFUNDED'
  /** The provider could not be asked how it ended. */
  | 'UNKNOWN_OUTCOME';

/**
 * Where an attempt stands: the highest of what is known about it, in the order below. Nothing moves it back down, so news
 * may come twice or in any order, and a success that comes late still counts.
 */
export type PaymentStatus =
  | 'CANCELED'
  /** Made here, not yet known to the provider. */
  | 'CREATED'
  | 'EXPIRED'
  | 'FAILED'
  /** With the provider or waiting for the payer: see nextAction. */
  | 'PENDING'
  /** Taken back by the provider. */
  | 'REVERSED'
  | 'SUCCEEDED';

/** What the payments of one status in one currency come to. */
export type PaymentTotal = {
  __typename?: 'PaymentTotal';
  /** What their payers were asked for; null where the sum is more than 2^53 - 1. */
  amount?: Maybe<Money>;
  /** How many there are: at least one. */
  count: Scalars['Int']['output'];
  currency: Scalars['CurrencyCode']['output'];
  /** What went back of it; null where the sum is more than 2^53 - 1. */
  refundedAmount?: Maybe<Money>;
  status: PaymentStatus;
};

export type PlaceOrderInput = {
  /** One in which each of the products is sold. */
  currency: Scalars['CurrencyCode']['input'];
  /** 1 to 255 characters, made anew for each purchase. */
  idempotencyKey: Scalars['String']['input'];
  /** 1 to 20, each of another product. */
  lines: Array<OrderLineInput>;
};

export type PlaceOrderPayload = Payload & {
  __typename?: 'PlaceOrderPayload';
  order?: Maybe<Order>;
  userErrors: Array<UserError>;
};

export type Plan =
  | 'FREE'
  | 'PRO';

export type PriceInput = {
  /** In the currency's smallest unit, at least 1. */
  amount: Scalars['SafeInt']['input'];
  /** Any currency of ISO 4217. */
  currency: Scalars['CurrencyCode']['input'];
};

/** Sorts in this order: NONE is the lowest. */
export type Priority =
  | 'HIGH'
  | 'LOW'
  | 'MEDIUM'
  | 'NONE'
  | 'URGENT';

/** Something for sale. Its price is set here, never by a client. */
export type Product = Node & {
  __typename?: 'Product';
  /** Up to 2,000 characters; null where there is none. */
  description?: Maybe<Scalars['String']['output']>;
  /** How many days of it, each; null where it gives no plan. */
  grantsDays?: Maybe<Scalars['Int']['output']>;
  /** What a paid order gives; null where it gives no plan. */
  grantsPlan?: Maybe<Plan>;
  id: Scalars['ID']['output'];
  /** False where it is retired: it cannot be ordered any more, and the orders that have it still show it. */
  isActive: Scalars['Boolean']['output'];
  /** 1 to 200 characters. */
  name: Scalars['String']['output'];
  /** In every currency in which it is sold, by the currencies' codes; empty where it cannot be ordered yet. */
  prices: Array<Money>;
  /** Stable and readable: pro-30-days */
  sku: Scalars['String']['output'];
};

/** A message of a provider whose sender is proven, and which is not done. What it says is not shown. */
export type ProviderMessage = {
  __typename?: 'ProviderMessage';
  /** How often it was tried. */
  attempts: Scalars['Int']['output'];
  /** Null where nothing went wrong. */
  lastError?: Maybe<Scalars['String']['output']>;
  /** Null where it is not known yet. */
  payment?: Maybe<Payment>;
  provider: PaymentProvider;
  receivedAt: Scalars['DateTime']['output'];
  status: ProviderMessageStatus;
  /** The provider's name for what happened. */
  type: Scalars['String']['output'];
};

/** A page of providers' messages. */
export type ProviderMessageConnection = {
  __typename?: 'ProviderMessageConnection';
  edges: Array<ProviderMessageEdge>;
  /** The edges' messages, without their cursors. */
  nodes: Array<ProviderMessage>;
  pageInfo: PageInfo;
  /** How many there are in all; counted only where it is selected. */
  totalCount: Scalars['Int']['output'];
};

export type ProviderMessageEdge = {
  __typename?: 'ProviderMessageEdge';
  cursor: Scalars['String']['output'];
  node: ProviderMessage;
};

export type ProviderMessageStatus =
  /** Doing what it says went wrong: see lastError. */
  | 'FAILED'
  /** It is about no payment that is known here: not yet, or of another server with the same account at the provider. */
  | 'UNMATCHED';

export type Query = {
  __typename?: 'Query';
  /** Everybody's payments, newest first. 20 at a time unless told, 100 at the most; first with last is BAD_REQUEST. */
  allPayments: PaymentConnection;
  apiInfo: ApiInfo;
  /** What changed after a cursor, oldest first, 100 at a time unless told, 1,000 at the most. Without one: no changes, and the cursor to begin from. One that is too old to serve is CURSOR_EXPIRED: read the lists anew, then begin without a cursor. */
  changes: ChangePage;
  /** The viewer; null where no token was sent. A token that is bad or expired is UNAUTHENTICATED here, as everywhere but in the public mutations. */
  me?: Maybe<User>;
  /** Any one thing by its global id; null where there is none, or where it is not the viewer's. */
  node?: Maybe<Node>;
  /** As node, for up to 100 ids, in their order. */
  nodes: Array<Maybe<Node>>;
  /** One of the viewer's orders, and any for an admin; null where there is none. */
  order?: Maybe<Order>;
  /** The viewer's orders, newest first. 20 at a time unless told, 100 at the most; first with last is BAD_REQUEST. */
  orders: OrderConnection;
  /** One of the viewer's payments, and any for an admin; null where there is none. */
  payment?: Maybe<Payment>;
  /** What of the payments needs a person. */
  paymentAttention: PaymentAttention;
  /** The providers that this server is set up for, in the order of the enum; empty where nothing can be paid. */
  paymentProviders: Array<PaymentProvider>;
  /** What everybody's payments come to: by status, in the order of the enum, and by currency. Give a span of time: without, it reads all payments there are. */
  paymentTotals: Array<PaymentTotal>;
  /** The viewer's payments, newest first. 20 at a time unless told, 100 at the most; first with last is BAD_REQUEST. */
  payments: PaymentConnection;
  /** What is for sale, in the order in which it was added. */
  products: Array<Product>;
  /** Costs nothing itself. Null where nothing is limited, as in some development set-ups. */
  rateLimit?: Maybe<RateLimit>;
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


export type QueryAllPaymentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<PaymentFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
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


export type QueryOrderArgs = {
  id: Scalars['ID']['input'];
};


export type QueryOrdersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<OrderFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryPaymentArgs = {
  id: Scalars['ID']['input'];
};


export type QueryPaymentTotalsArgs = {
  filter?: InputMaybe<PaymentFilter>;
};


export type QueryPaymentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<PaymentFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryProductsArgs = {
  includeRetired: Scalars['Boolean']['input'];
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

/**
 * What the caller may spend: one bucket of points for a viewer, or for an address where nobody is signed in, over HTTP, streams
 * of events and sockets alike. Each operation is charged with what it may cost, before it runs; what it did not use is given back
 * after. One for which there are not enough points is RATE_LIMITED. A subscription costs 1, and each of its events what it holds;
 * no event is left out for want of points, it waits until a tenth of the bucket is there.
 */
export type RateLimit = {
  __typename?: 'RateLimit';
  /** What this operation may cost, which it is charged with while it runs. */
  cost: Scalars['Int']['output'];
  /** The points in a full bucket. */
  limit: Scalars['Int']['output'];
  /** How many are added in each second, until it is full. */
  perSecond: Scalars['Int']['output'];
  /** The points that are left, with this operation charged. Where there are several servers, as far as this one knows. */
  remaining: Scalars['Int']['output'];
  /** When the bucket is full again, if nothing more is asked for. */
  resetAt: Scalars['DateTime']['output'];
};

/** Whose calls are counted together. */
export type RateLimitBy =
  /** The account that the field's input names by login or email, without regard to case, whether or not there is one. */
  | 'ACCOUNT'
  /** The caller's address: an IPv4 address, or the /64 of an IPv6 address. */
  | 'ADDRESS'
  /** The viewer, from wherever they call. */
  | 'VIEWER';

/** Send the browser to this address. */
export type RedirectAction = {
  __typename?: 'RedirectAction';
  url: Scalars['URL']['output'];
};

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

/** Money on its way back to the payer. Visible to the payment's owner, and to admins. */
export type Refund = Node & {
  __typename?: 'Refund';
  amount: Money;
  createdAt: Scalars['DateTime']['output'];
  /** Null where it did not fail, or nobody knows why. */
  failureMessage?: Maybe<Scalars['String']['output']>;
  id: Scalars['ID']['output'];
  /** The provider cannot do it for us, or did not say how it ended: an admin settles it with resolveRefund. */
  needsManual: Scalars['Boolean']['output'];
  payment: Payment;
  /** The provider's own id of it; null where it gave none. */
  providerReference?: Maybe<Scalars['String']['output']>;
  /** As whoever asked for it wrote it; null where they wrote none. */
  reason?: Maybe<Scalars['String']['output']>;
  status: RefundStatus;
};

/** A page of refunds. */
export type RefundConnection = {
  __typename?: 'RefundConnection';
  edges: Array<RefundEdge>;
  /** The edges' refunds, without their cursors. */
  nodes: Array<Refund>;
  pageInfo: PageInfo;
  /** How many there are in all; counted only where it is selected. */
  totalCount: Scalars['Int']['output'];
};

export type RefundEdge = {
  __typename?: 'RefundEdge';
  cursor: Scalars['String']['output'];
  node: Refund;
};

export type RefundPaymentInput = {
  /** In the smallest unit of the payment's own currency, at least 1. */
  amount?: InputMaybe<Scalars['SafeInt']['input']>;
  /** 1 to 255 characters, of the client's choice. */
  idempotencyKey: Scalars['String']['input'];
  paymentId: Scalars['ID']['input'];
  /** Up to 500 characters; for the records, the provider may be told. */
  reason?: InputMaybe<Scalars['String']['input']>;
};

export type RefundPaymentPayload = Payload & {
  __typename?: 'RefundPaymentPayload';
  payment?: Maybe<Payment>;
  refund?: Maybe<Refund>;
  userErrors: Array<UserError>;
};

export type RefundStatus =
  | 'CANCELED'
  /** Possible even after SUCCEEDED: the bank can send it back. */
  | 'FAILED'
  /** With the provider. */
  | 'PENDING'
  /** Made here, not yet known to the provider. */
  | 'REQUESTED'
  | 'SUCCEEDED';

export type RemoveProductPricePayload = Payload & {
  __typename?: 'RemoveProductPricePayload';
  product?: Maybe<Product>;
  userErrors: Array<UserError>;
};

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

export type ResolvePaymentReviewInput = {
  accept: Scalars['Boolean']['input'];
  flag: PaymentReviewFlag;
  paymentId: Scalars['ID']['input'];
};

export type ResolvePaymentReviewPayload = Payload & {
  __typename?: 'ResolvePaymentReviewPayload';
  payment?: Maybe<Payment>;
  userErrors: Array<UserError>;
};

export type ResolveRefundInput = {
  /** The provider's own record of it. Up to 255 characters. */
  externalReference?: InputMaybe<Scalars['String']['input']>;
  refundId: Scalars['ID']['input'];
  succeeded: Scalars['Boolean']['input'];
};

export type ResolveRefundPayload = Payload & {
  __typename?: 'ResolveRefundPayload';
  payment?: Maybe<Payment>;
  refund?: Maybe<Refund>;
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

export type SetProductPricePayload = Payload & {
  __typename?: 'SetProductPricePayload';
  product?: Maybe<Product>;
  userErrors: Array<UserError>;
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

export type StartPaymentInput = {
  /** 1 to 255 characters, of the client's choice. */
  idempotencyKey: Scalars['String']['input'];
  method: PaymentMethod;
  orderId: Scalars['ID']['input'];
  /** The payer's mobile account, where the provider asks for one: 03001234567. Forgotten once the attempt is over. */
  phoneNumber?: InputMaybe<Scalars['String']['input']>;
  provider: PaymentProvider;
  /** Where the payer's browser goes afterwards, with payment and status in its query. Its origin must be one of the allowed origins, and no name or password may stand before its host. At most 2,000 characters. */
  returnUrl: Scalars['URL']['input'];
};

export type StartPaymentPayload = Payload & {
  __typename?: 'StartPaymentPayload';
  /** Also where the provider refused it at once: then it has FAILED. */
  payment?: Maybe<Payment>;
  userErrors: Array<UserError>;
};

export type Subscription = {
  __typename?: 'Subscription';
  /** Live changes of everything that is the viewer's. With a cursor: first all that was missed. */
  changes: Change;
  /** Live changes of the viewer's orders. With a cursor: first all that was missed. */
  orderChanged: OrderChange;
  /** Live changes of the viewer's payments. With a cursor: first all that was missed. */
  paymentChanged: PaymentChange;
  /** Live changes of the viewer's todos. With a cursor: first all that was missed. */
  todoChanged: TodoChange;
};


export type SubscriptionChangesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
};


export type SubscriptionOrderChangedArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
};


export type SubscriptionPaymentChangedArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
};


export type SubscriptionTodoChangedArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
};

export type SyncPaymentPayload = Payload & {
  __typename?: 'SyncPaymentPayload';
  payment?: Maybe<Payment>;
  userErrors: Array<UserError>;
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
   * this todo as the first, and what was skipped too; the next one has what is left. A series with COUNT that was left alone
   * for more than ten years, or for some 5,000 times where there are several a day, is over. After the last one, by COUNT or
   * UNTIL, there is no next. It is made once, however often the todo is opened and completed again. Opening the todo again
   * removes the next one, unless it was changed since. Throwing an open todo away ends the series.
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

/** What is left out stays as it is. */
export type UpdateProductInput = {
  /** Up to 2,000 characters; null clears. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** False retires it, true puts it up for sale again; cannot be null. */
  isActive?: InputMaybe<Scalars['Boolean']['input']>;
  /** 1 to 200 characters; cannot be null. */
  name?: InputMaybe<Scalars['String']['input']>;
};

export type UpdateProductPayload = Payload & {
  __typename?: 'UpdateProductPayload';
  product?: Maybe<Product>;
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
  /** The person's orders, newest first: for the person and for admins. 20 at a time unless told, 100 at the most; first with last is BAD_REQUEST. */
  orders: OrderConnection;
  /** The person's payments, newest first: for the person and for admins. 20 at a time unless told, 100 at the most; first with last is BAD_REQUEST. */
  payments: PaymentConnection;
  plan: Plan;
  /** When the plan falls back to FREE; null on FREE, and where the plan was given for good. */
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
export type UserOrdersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<OrderFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** A person with an account. Visible to themselves and to admins. */
export type UserPaymentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<PaymentFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
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
    | ( ChangeSource )
    | ( ChangeSource )
  ;
  Node:
    | ( OrderSource )
    | ( PaymentSource )
    | ( ProductSource )
    | ( RefundSource )
    | ( SessionRow )
    | ( TodoSource )
    | ( UserSource )
  ;
  Payload:
    | ( Outcome<Omit<AddProductPayload, 'product'> & { product?: Maybe<_RefType['Product']> }> )
    | ( Outcome<Omit<CancelOrderPayload, 'order'> & { order?: Maybe<_RefType['Order']> }> )
    | ( Outcome<Omit<CancelPaymentPayload, 'payment'> & { payment?: Maybe<_RefType['Payment']> }> )
    | ( Outcome<Omit<ChangePasswordPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<Omit<CreateTodoPayload, 'todo'> & { todo?: Maybe<_RefType['Todo']> }> )
    | ( Outcome<DeleteCompletedTodosPayload> )
    | ( Outcome<DeleteMePayload> )
    | ( Outcome<Omit<DeleteTodoPayload, 'todo'> & { todo?: Maybe<_RefType['Todo']> }> )
    | ( Outcome<DeleteUserPayload> )
    | ( Outcome<Omit<LogInPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<LogOutPayload> )
    | ( Outcome<Omit<MoveTodoPayload, 'todo'> & { todo?: Maybe<_RefType['Todo']> }> )
    | ( Outcome<Omit<PlaceOrderPayload, 'order'> & { order?: Maybe<_RefType['Order']> }> )
    | ( Outcome<Omit<RefreshSessionPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<Omit<RefundPaymentPayload, 'payment' | 'refund'> & { payment?: Maybe<_RefType['Payment']>, refund?: Maybe<_RefType['Refund']> }> )
    | ( Outcome<Omit<RemoveProductPricePayload, 'product'> & { product?: Maybe<_RefType['Product']> }> )
    | ( Outcome<RequestEmailVerificationPayload> )
    | ( Outcome<RequestPasswordResetPayload> )
    | ( Outcome<Omit<ResetPasswordPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<Omit<ResolvePaymentReviewPayload, 'payment'> & { payment?: Maybe<_RefType['Payment']> }> )
    | ( Outcome<Omit<ResolveRefundPayload, 'payment' | 'refund'> & { payment?: Maybe<_RefType['Payment']>, refund?: Maybe<_RefType['Refund']> }> )
    | ( Outcome<Omit<RestoreTodoPayload, 'todo'> & { todo?: Maybe<_RefType['Todo']> }> )
    | ( Outcome<Omit<RestoreUserPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<RevokeOtherSessionsPayload> )
    | ( Outcome<RevokeSessionPayload> )
    | ( Outcome<Omit<SetProductPricePayload, 'product'> & { product?: Maybe<_RefType['Product']> }> )
    | ( Outcome<Omit<SignUpPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<Omit<StartPaymentPayload, 'payment'> & { payment?: Maybe<_RefType['Payment']> }> )
    | ( Outcome<Omit<SyncPaymentPayload, 'payment'> & { payment?: Maybe<_RefType['Payment']> }> )
    | ( Outcome<Omit<ToggleTodoPayload, 'todo'> & { todo?: Maybe<_RefType['Todo']> }> )
    | ( Outcome<Omit<UpdateMePayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<Omit<UpdateProductPayload, 'product'> & { product?: Maybe<_RefType['Product']> }> )
    | ( Outcome<Omit<UpdateTodoPayload, 'todo'> & { todo?: Maybe<_RefType['Todo']> }> )
    | ( Outcome<Omit<UpdateTodosPayload, 'todos'> & { todos?: Maybe<Array<_RefType['Todo']>> }> )
    | ( Outcome<Omit<UpdateUserPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
    | ( Outcome<Omit<VerifyEmailPayload, 'user'> & { user?: Maybe<_RefType['User']> }> )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AddProductInput: AddProductInput;
  AddProductPayload: ResolverTypeWrapper<Outcome<Omit<AddProductPayload, 'product'> & { product?: Maybe<ResolversTypes['Product']> }>>;
  ApiInfo: ResolverTypeWrapper<ApiInfo>;
  ApproveOnPhoneAction: ResolverTypeWrapper<ApproveOnPhoneAction>;
  AuthPayload: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['AuthPayload']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  CancelOrderPayload: ResolverTypeWrapper<Outcome<Omit<CancelOrderPayload, 'order'> & { order?: Maybe<ResolversTypes['Order']> }>>;
  CancelPaymentPayload: ResolverTypeWrapper<Outcome<Omit<CancelPaymentPayload, 'payment'> & { payment?: Maybe<ResolversTypes['Payment']> }>>;
  Change: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Change']>;
  ChangeKind: ChangeKind;
  ChangePage: ResolverTypeWrapper<Omit<ChangePage, 'changes'> & { changes: Array<ResolversTypes['Change']> }>;
  ChangePasswordInput: ChangePasswordInput;
  ChangePasswordPayload: ResolverTypeWrapper<Outcome<Omit<ChangePasswordPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
  CreateTodoInput: CreateTodoInput;
  CreateTodoPayload: ResolverTypeWrapper<Outcome<Omit<CreateTodoPayload, 'todo'> & { todo?: Maybe<ResolversTypes['Todo']> }>>;
  CurrencyCode: ResolverTypeWrapper<Scalars['CurrencyCode']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DeleteCompletedTodosPayload: ResolverTypeWrapper<Outcome<DeleteCompletedTodosPayload>>;
  DeleteMeInput: DeleteMeInput;
  DeleteMePayload: ResolverTypeWrapper<Outcome<DeleteMePayload>>;
  DeleteTodoPayload: ResolverTypeWrapper<Outcome<Omit<DeleteTodoPayload, 'todo'> & { todo?: Maybe<ResolversTypes['Todo']> }>>;
  DeleteUserPayload: ResolverTypeWrapper<Outcome<DeleteUserPayload>>;
  EmailAddress: ResolverTypeWrapper<Scalars['EmailAddress']['output']>;
  FormPostAction: ResolverTypeWrapper<FormPostAction>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  LogInInput: LogInInput;
  LogInPayload: ResolverTypeWrapper<Outcome<Omit<LogInPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
  LogOutPayload: ResolverTypeWrapper<Outcome<LogOutPayload>>;
  Money: ResolverTypeWrapper<MoneySource>;
  MoveTodoInput: MoveTodoInput;
  MoveTodoPayload: ResolverTypeWrapper<Outcome<Omit<MoveTodoPayload, 'todo'> & { todo?: Maybe<ResolversTypes['Todo']> }>>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  Order: ResolverTypeWrapper<OrderSource>;
  OrderChange: ResolverTypeWrapper<ChangeSource>;
  OrderConnection: ResolverTypeWrapper<OrderConnectionSource>;
  OrderEdge: ResolverTypeWrapper<OrderEdgeSource>;
  OrderFilter: OrderFilter;
  OrderLine: ResolverTypeWrapper<OrderLineRow>;
  OrderLineInput: OrderLineInput;
  OrderStatus: OrderStatus;
  PageInfo: ResolverTypeWrapper<PageInfoSource>;
  Payload: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Payload']>;
  Payment: ResolverTypeWrapper<PaymentSource>;
  PaymentAction: ResolverTypeWrapper<NextAction>;
  PaymentAttention: ResolverTypeWrapper<object>;
  PaymentChange: ResolverTypeWrapper<ChangeSource>;
  PaymentConnection: ResolverTypeWrapper<PaymentConnectionSource>;
  PaymentEdge: ResolverTypeWrapper<PaymentEdgeSource>;
  PaymentEvent: ResolverTypeWrapper<PaymentEventRow>;
  PaymentEventSource: PaymentEventSource;
  PaymentFilter: PaymentFilter;
  PaymentMethod: PaymentMethod;
  PaymentProvider: PaymentProvider;
  PaymentReviewFlag: PaymentReviewFlag;
  PaymentStatus: PaymentStatus;
  PaymentTotal: ResolverTypeWrapper<PaymentTotalRow>;
  PlaceOrderInput: PlaceOrderInput;
  PlaceOrderPayload: ResolverTypeWrapper<Outcome<Omit<PlaceOrderPayload, 'order'> & { order?: Maybe<ResolversTypes['Order']> }>>;
  Plan: Plan;
  PriceInput: PriceInput;
  Priority: Priority;
  Product: ResolverTypeWrapper<ProductSource>;
  ProviderMessage: ResolverTypeWrapper<ProviderMessageRow>;
  ProviderMessageConnection: ResolverTypeWrapper<ProviderMessageConnectionSource>;
  ProviderMessageEdge: ResolverTypeWrapper<ProviderMessageEdgeSource>;
  ProviderMessageStatus: ProviderMessageStatus;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RateLimit: ResolverTypeWrapper<RateLimit>;
  RateLimitBy: RateLimitBy;
  RedirectAction: ResolverTypeWrapper<RedirectAction>;
  RefreshSessionInput: RefreshSessionInput;
  RefreshSessionPayload: ResolverTypeWrapper<Outcome<Omit<RefreshSessionPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
  RefreshTokenPlace: RefreshTokenPlace;
  Refund: ResolverTypeWrapper<RefundSource>;
  RefundConnection: ResolverTypeWrapper<RefundConnectionSource>;
  RefundEdge: ResolverTypeWrapper<RefundEdgeSource>;
  RefundPaymentInput: RefundPaymentInput;
  RefundPaymentPayload: ResolverTypeWrapper<Outcome<Omit<RefundPaymentPayload, 'payment' | 'refund'> & { payment?: Maybe<ResolversTypes['Payment']>, refund?: Maybe<ResolversTypes['Refund']> }>>;
  RefundStatus: RefundStatus;
  RemoveProductPricePayload: ResolverTypeWrapper<Outcome<Omit<RemoveProductPricePayload, 'product'> & { product?: Maybe<ResolversTypes['Product']> }>>;
  RequestEmailVerificationPayload: ResolverTypeWrapper<Outcome<RequestEmailVerificationPayload>>;
  RequestPasswordResetInput: RequestPasswordResetInput;
  RequestPasswordResetPayload: ResolverTypeWrapper<Outcome<RequestPasswordResetPayload>>;
  ResetPasswordInput: ResetPasswordInput;
  ResetPasswordPayload: ResolverTypeWrapper<Outcome<Omit<ResetPasswordPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
  ResolvePaymentReviewInput: ResolvePaymentReviewInput;
  ResolvePaymentReviewPayload: ResolverTypeWrapper<Outcome<Omit<ResolvePaymentReviewPayload, 'payment'> & { payment?: Maybe<ResolversTypes['Payment']> }>>;
  ResolveRefundInput: ResolveRefundInput;
  ResolveRefundPayload: ResolverTypeWrapper<Outcome<Omit<ResolveRefundPayload, 'payment' | 'refund'> & { payment?: Maybe<ResolversTypes['Payment']>, refund?: Maybe<ResolversTypes['Refund']> }>>;
  RestoreTodoPayload: ResolverTypeWrapper<Outcome<Omit<RestoreTodoPayload, 'todo'> & { todo?: Maybe<ResolversTypes['Todo']> }>>;
  RestoreUserPayload: ResolverTypeWrapper<Outcome<Omit<RestoreUserPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
  RevokeOtherSessionsPayload: ResolverTypeWrapper<Outcome<RevokeOtherSessionsPayload>>;
  RevokeSessionPayload: ResolverTypeWrapper<Outcome<RevokeSessionPayload>>;
  Role: Role;
  SafeInt: ResolverTypeWrapper<Scalars['SafeInt']['output']>;
  SecurityEvent: ResolverTypeWrapper<SecurityEventRow>;
  SecurityEventConnection: ResolverTypeWrapper<SecurityEventConnectionSource>;
  SecurityEventEdge: ResolverTypeWrapper<SecurityEventEdgeSource>;
  SecurityEventKind: SecurityEventKind;
  Session: ResolverTypeWrapper<SessionRow>;
  SetProductPricePayload: ResolverTypeWrapper<Outcome<Omit<SetProductPricePayload, 'product'> & { product?: Maybe<ResolversTypes['Product']> }>>;
  SignUpInput: SignUpInput;
  SignUpPayload: ResolverTypeWrapper<Outcome<Omit<SignUpPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
  SortDirection: SortDirection;
  StartPaymentInput: StartPaymentInput;
  StartPaymentPayload: ResolverTypeWrapper<Outcome<Omit<StartPaymentPayload, 'payment'> & { payment?: Maybe<ResolversTypes['Payment']> }>>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  StringMap: ResolverTypeWrapper<Scalars['StringMap']['output']>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  SyncPaymentPayload: ResolverTypeWrapper<Outcome<Omit<SyncPaymentPayload, 'payment'> & { payment?: Maybe<ResolversTypes['Payment']> }>>;
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
  URL: ResolverTypeWrapper<Scalars['URL']['output']>;
  UpdateMeInput: UpdateMeInput;
  UpdateMePayload: ResolverTypeWrapper<Outcome<Omit<UpdateMePayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>>;
  UpdateProductInput: UpdateProductInput;
  UpdateProductPayload: ResolverTypeWrapper<Outcome<Omit<UpdateProductPayload, 'product'> & { product?: Maybe<ResolversTypes['Product']> }>>;
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
  AddProductInput: AddProductInput;
  AddProductPayload: Outcome<Omit<AddProductPayload, 'product'> & { product?: Maybe<ResolversParentTypes['Product']> }>;
  ApiInfo: ApiInfo;
  ApproveOnPhoneAction: ApproveOnPhoneAction;
  AuthPayload: ResolversInterfaceTypes<ResolversParentTypes>['AuthPayload'];
  Boolean: Scalars['Boolean']['output'];
  CancelOrderPayload: Outcome<Omit<CancelOrderPayload, 'order'> & { order?: Maybe<ResolversParentTypes['Order']> }>;
  CancelPaymentPayload: Outcome<Omit<CancelPaymentPayload, 'payment'> & { payment?: Maybe<ResolversParentTypes['Payment']> }>;
  Change: ResolversInterfaceTypes<ResolversParentTypes>['Change'];
  ChangePage: Omit<ChangePage, 'changes'> & { changes: Array<ResolversParentTypes['Change']> };
  ChangePasswordInput: ChangePasswordInput;
  ChangePasswordPayload: Outcome<Omit<ChangePasswordPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
  CreateTodoInput: CreateTodoInput;
  CreateTodoPayload: Outcome<Omit<CreateTodoPayload, 'todo'> & { todo?: Maybe<ResolversParentTypes['Todo']> }>;
  CurrencyCode: Scalars['CurrencyCode']['output'];
  DateTime: Scalars['DateTime']['output'];
  DeleteCompletedTodosPayload: Outcome<DeleteCompletedTodosPayload>;
  DeleteMeInput: DeleteMeInput;
  DeleteMePayload: Outcome<DeleteMePayload>;
  DeleteTodoPayload: Outcome<Omit<DeleteTodoPayload, 'todo'> & { todo?: Maybe<ResolversParentTypes['Todo']> }>;
  DeleteUserPayload: Outcome<DeleteUserPayload>;
  EmailAddress: Scalars['EmailAddress']['output'];
  FormPostAction: FormPostAction;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  LogInInput: LogInInput;
  LogInPayload: Outcome<Omit<LogInPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
  LogOutPayload: Outcome<LogOutPayload>;
  Money: MoneySource;
  MoveTodoInput: MoveTodoInput;
  MoveTodoPayload: Outcome<Omit<MoveTodoPayload, 'todo'> & { todo?: Maybe<ResolversParentTypes['Todo']> }>;
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  Order: OrderSource;
  OrderChange: ChangeSource;
  OrderConnection: OrderConnectionSource;
  OrderEdge: OrderEdgeSource;
  OrderFilter: OrderFilter;
  OrderLine: OrderLineRow;
  OrderLineInput: OrderLineInput;
  PageInfo: PageInfoSource;
  Payload: ResolversInterfaceTypes<ResolversParentTypes>['Payload'];
  Payment: PaymentSource;
  PaymentAction: NextAction;
  PaymentAttention: object;
  PaymentChange: ChangeSource;
  PaymentConnection: PaymentConnectionSource;
  PaymentEdge: PaymentEdgeSource;
  PaymentEvent: PaymentEventRow;
  PaymentFilter: PaymentFilter;
  PaymentTotal: PaymentTotalRow;
  PlaceOrderInput: PlaceOrderInput;
  PlaceOrderPayload: Outcome<Omit<PlaceOrderPayload, 'order'> & { order?: Maybe<ResolversParentTypes['Order']> }>;
  PriceInput: PriceInput;
  Product: ProductSource;
  ProviderMessage: ProviderMessageRow;
  ProviderMessageConnection: ProviderMessageConnectionSource;
  ProviderMessageEdge: ProviderMessageEdgeSource;
  Query: Record<PropertyKey, never>;
  RateLimit: RateLimit;
  RedirectAction: RedirectAction;
  RefreshSessionInput: RefreshSessionInput;
  RefreshSessionPayload: Outcome<Omit<RefreshSessionPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
  Refund: RefundSource;
  RefundConnection: RefundConnectionSource;
  RefundEdge: RefundEdgeSource;
  RefundPaymentInput: RefundPaymentInput;
  RefundPaymentPayload: Outcome<Omit<RefundPaymentPayload, 'payment' | 'refund'> & { payment?: Maybe<ResolversParentTypes['Payment']>, refund?: Maybe<ResolversParentTypes['Refund']> }>;
  RemoveProductPricePayload: Outcome<Omit<RemoveProductPricePayload, 'product'> & { product?: Maybe<ResolversParentTypes['Product']> }>;
  RequestEmailVerificationPayload: Outcome<RequestEmailVerificationPayload>;
  RequestPasswordResetInput: RequestPasswordResetInput;
  RequestPasswordResetPayload: Outcome<RequestPasswordResetPayload>;
  ResetPasswordInput: ResetPasswordInput;
  ResetPasswordPayload: Outcome<Omit<ResetPasswordPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
  ResolvePaymentReviewInput: ResolvePaymentReviewInput;
  ResolvePaymentReviewPayload: Outcome<Omit<ResolvePaymentReviewPayload, 'payment'> & { payment?: Maybe<ResolversParentTypes['Payment']> }>;
  ResolveRefundInput: ResolveRefundInput;
  ResolveRefundPayload: Outcome<Omit<ResolveRefundPayload, 'payment' | 'refund'> & { payment?: Maybe<ResolversParentTypes['Payment']>, refund?: Maybe<ResolversParentTypes['Refund']> }>;
  RestoreTodoPayload: Outcome<Omit<RestoreTodoPayload, 'todo'> & { todo?: Maybe<ResolversParentTypes['Todo']> }>;
  RestoreUserPayload: Outcome<Omit<RestoreUserPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
  RevokeOtherSessionsPayload: Outcome<RevokeOtherSessionsPayload>;
  RevokeSessionPayload: Outcome<RevokeSessionPayload>;
  SafeInt: Scalars['SafeInt']['output'];
  SecurityEvent: SecurityEventRow;
  SecurityEventConnection: SecurityEventConnectionSource;
  SecurityEventEdge: SecurityEventEdgeSource;
  Session: SessionRow;
  SetProductPricePayload: Outcome<Omit<SetProductPricePayload, 'product'> & { product?: Maybe<ResolversParentTypes['Product']> }>;
  SignUpInput: SignUpInput;
  SignUpPayload: Outcome<Omit<SignUpPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
  StartPaymentInput: StartPaymentInput;
  StartPaymentPayload: Outcome<Omit<StartPaymentPayload, 'payment'> & { payment?: Maybe<ResolversParentTypes['Payment']> }>;
  String: Scalars['String']['output'];
  StringMap: Scalars['StringMap']['output'];
  Subscription: Record<PropertyKey, never>;
  SyncPaymentPayload: Outcome<Omit<SyncPaymentPayload, 'payment'> & { payment?: Maybe<ResolversParentTypes['Payment']> }>;
  TagCount: TagCount;
  Todo: TodoSource;
  TodoChange: ChangeSource;
  TodoConnection: TodoConnectionSource;
  TodoEdge: TodoEdgeSource;
  TodoFilter: TodoFilter;
  TodoOrder: TodoOrder;
  TodoStats: TodoStats;
  ToggleTodoPayload: Outcome<Omit<ToggleTodoPayload, 'todo'> & { todo?: Maybe<ResolversParentTypes['Todo']> }>;
  URL: Scalars['URL']['output'];
  UpdateMeInput: UpdateMeInput;
  UpdateMePayload: Outcome<Omit<UpdateMePayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> }>;
  UpdateProductInput: UpdateProductInput;
  UpdateProductPayload: Outcome<Omit<UpdateProductPayload, 'product'> & { product?: Maybe<ResolversParentTypes['Product']> }>;
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

export type CostDirectiveArgs = {
  weight: Scalars['String']['input'];
};

export type CostDirectiveResolver<Result, Parent, ContextType = OperationContext, Args = CostDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type HasRoleDirectiveArgs = {
  role: Role;
};

export type HasRoleDirectiveResolver<Result, Parent, ContextType = OperationContext, Args = HasRoleDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ListSizeDirectiveArgs = {
  assumedSize?: Maybe<Scalars['Int']['input']>;
  requireOneSlicingArgument?: Maybe<Scalars['Boolean']['input']>;
  sizedFields?: Maybe<Array<Scalars['String']['input']>>;
  slicingArguments?: Maybe<Array<Scalars['String']['input']>>;
};

export type ListSizeDirectiveResolver<Result, Parent, ContextType = OperationContext, Args = ListSizeDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type PublicDirectiveArgs = { };

export type PublicDirectiveResolver<Result, Parent, ContextType = OperationContext, Args = PublicDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type RateLimitDirectiveArgs = {
  by: RateLimitBy;
  max: Scalars['Int']['input'];
  window: Scalars['Int']['input'];
};

export type RateLimitDirectiveResolver<Result, Parent, ContextType = OperationContext, Args = RateLimitDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type AddProductPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['AddProductPayload'] = ResolversParentTypes['AddProductPayload']> = {
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ApiInfoResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ApiInfo'] = ResolversParentTypes['ApiInfo']> = {
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ApproveOnPhoneActionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ApproveOnPhoneAction'] = ResolversParentTypes['ApproveOnPhoneAction']> = {
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  phoneNumber?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AuthPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['AuthPayload'] = ResolversParentTypes['AuthPayload']> = {
  __resolveType: TypeResolveFn<'LogInPayload' | 'RefreshSessionPayload' | 'ResetPasswordPayload' | 'SignUpPayload', ParentType, ContextType>;
};

export type CancelOrderPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CancelOrderPayload'] = ResolversParentTypes['CancelOrderPayload']> = {
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CancelPaymentPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['CancelPaymentPayload'] = ResolversParentTypes['CancelPaymentPayload']> = {
  payment?: Resolver<Maybe<ResolversTypes['Payment']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ChangeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Change'] = ResolversParentTypes['Change']> = {
  __resolveType: TypeResolveFn<'OrderChange' | 'PaymentChange' | 'TodoChange' | 'UserChange', ParentType, ContextType>;
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

export interface CurrencyCodeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['CurrencyCode'], any> {
  name: 'CurrencyCode';
}

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

export type FormPostActionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['FormPostAction'] = ResolversParentTypes['FormPostAction']> = {
  fields?: Resolver<ResolversTypes['StringMap'], ParentType, ContextType>;
  url?: Resolver<ResolversTypes['URL'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

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

export type MoneyResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Money'] = ResolversParentTypes['Money']> = {
  amount?: Resolver<ResolversTypes['SafeInt'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['CurrencyCode'], ParentType, ContextType>;
  decimal?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  formatted?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type MoveTodoPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['MoveTodoPayload'] = ResolversParentTypes['MoveTodoPayload']> = {
  todo?: Resolver<Maybe<ResolversTypes['Todo']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MutationResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  addProduct?: Resolver<ResolversTypes['AddProductPayload'], ParentType, ContextType, RequireFields<MutationAddProductArgs, 'input'>>;
  cancelOrder?: Resolver<ResolversTypes['CancelOrderPayload'], ParentType, ContextType, RequireFields<MutationCancelOrderArgs, 'id'>>;
  cancelPayment?: Resolver<ResolversTypes['CancelPaymentPayload'], ParentType, ContextType, RequireFields<MutationCancelPaymentArgs, 'id'>>;
  changePassword?: Resolver<ResolversTypes['ChangePasswordPayload'], ParentType, ContextType, RequireFields<MutationChangePasswordArgs, 'input'>>;
  createTodo?: Resolver<ResolversTypes['CreateTodoPayload'], ParentType, ContextType, RequireFields<MutationCreateTodoArgs, 'input'>>;
  deleteCompletedTodos?: Resolver<ResolversTypes['DeleteCompletedTodosPayload'], ParentType, ContextType>;
  deleteMe?: Resolver<ResolversTypes['DeleteMePayload'], ParentType, ContextType, RequireFields<MutationDeleteMeArgs, 'input'>>;
  deleteTodo?: Resolver<ResolversTypes['DeleteTodoPayload'], ParentType, ContextType, RequireFields<MutationDeleteTodoArgs, 'id'>>;
  deleteUser?: Resolver<ResolversTypes['DeleteUserPayload'], ParentType, ContextType, RequireFields<MutationDeleteUserArgs, 'id'>>;
  logIn?: Resolver<ResolversTypes['LogInPayload'], ParentType, PublicContext<ContextType>, RequireFields<MutationLogInArgs, 'input'>>;
  logOut?: Resolver<ResolversTypes['LogOutPayload'], ParentType, ContextType>;
  moveTodo?: Resolver<ResolversTypes['MoveTodoPayload'], ParentType, ContextType, RequireFields<MutationMoveTodoArgs, 'id' | 'input'>>;
  placeOrder?: Resolver<ResolversTypes['PlaceOrderPayload'], ParentType, ContextType, RequireFields<MutationPlaceOrderArgs, 'input'>>;
  refreshSession?: Resolver<ResolversTypes['RefreshSessionPayload'], ParentType, PublicContext<ContextType>, Partial<MutationRefreshSessionArgs>>;
  refundPayment?: Resolver<ResolversTypes['RefundPaymentPayload'], ParentType, ContextType, RequireFields<MutationRefundPaymentArgs, 'input'>>;
  removeProductPrice?: Resolver<ResolversTypes['RemoveProductPricePayload'], ParentType, ContextType, RequireFields<MutationRemoveProductPriceArgs, 'currency' | 'id'>>;
  requestEmailVerification?: Resolver<ResolversTypes['RequestEmailVerificationPayload'], ParentType, ContextType>;
  requestPasswordReset?: Resolver<ResolversTypes['RequestPasswordResetPayload'], ParentType, PublicContext<ContextType>, RequireFields<MutationRequestPasswordResetArgs, 'input'>>;
  resetPassword?: Resolver<ResolversTypes['ResetPasswordPayload'], ParentType, PublicContext<ContextType>, RequireFields<MutationResetPasswordArgs, 'input'>>;
  resolvePaymentReview?: Resolver<ResolversTypes['ResolvePaymentReviewPayload'], ParentType, ContextType, RequireFields<MutationResolvePaymentReviewArgs, 'input'>>;
  resolveRefund?: Resolver<ResolversTypes['ResolveRefundPayload'], ParentType, ContextType, RequireFields<MutationResolveRefundArgs, 'input'>>;
  restoreTodo?: Resolver<ResolversTypes['RestoreTodoPayload'], ParentType, ContextType, RequireFields<MutationRestoreTodoArgs, 'id'>>;
  restoreUser?: Resolver<ResolversTypes['RestoreUserPayload'], ParentType, ContextType, RequireFields<MutationRestoreUserArgs, 'id'>>;
  revokeOtherSessions?: Resolver<ResolversTypes['RevokeOtherSessionsPayload'], ParentType, ContextType>;
  revokeSession?: Resolver<ResolversTypes['RevokeSessionPayload'], ParentType, ContextType, RequireFields<MutationRevokeSessionArgs, 'id'>>;
  setProductPrice?: Resolver<ResolversTypes['SetProductPricePayload'], ParentType, ContextType, RequireFields<MutationSetProductPriceArgs, 'id' | 'input'>>;
  signUp?: Resolver<ResolversTypes['SignUpPayload'], ParentType, PublicContext<ContextType>, RequireFields<MutationSignUpArgs, 'input'>>;
  startPayment?: Resolver<ResolversTypes['StartPaymentPayload'], ParentType, ContextType, RequireFields<MutationStartPaymentArgs, 'input'>>;
  syncPayment?: Resolver<ResolversTypes['SyncPaymentPayload'], ParentType, ContextType, RequireFields<MutationSyncPaymentArgs, 'id'>>;
  toggleTodo?: Resolver<ResolversTypes['ToggleTodoPayload'], ParentType, ContextType, RequireFields<MutationToggleTodoArgs, 'id'>>;
  updateMe?: Resolver<ResolversTypes['UpdateMePayload'], ParentType, ContextType, RequireFields<MutationUpdateMeArgs, 'input'>>;
  updateProduct?: Resolver<ResolversTypes['UpdateProductPayload'], ParentType, ContextType, RequireFields<MutationUpdateProductArgs, 'id' | 'input'>>;
  updateTodo?: Resolver<ResolversTypes['UpdateTodoPayload'], ParentType, ContextType, RequireFields<MutationUpdateTodoArgs, 'id' | 'input'>>;
  updateTodos?: Resolver<ResolversTypes['UpdateTodosPayload'], ParentType, ContextType, RequireFields<MutationUpdateTodosArgs, 'ids' | 'input'>>;
  updateUser?: Resolver<ResolversTypes['UpdateUserPayload'], ParentType, ContextType, RequireFields<MutationUpdateUserArgs, 'id' | 'input'>>;
  verifyEmail?: Resolver<ResolversTypes['VerifyEmailPayload'], ParentType, PublicContext<ContextType>, RequireFields<MutationVerifyEmailArgs, 'input'>>;
};

export type NodeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Order' | 'Payment' | 'Product' | 'Refund' | 'Session' | 'Todo' | 'User', ParentType, ContextType>;
};

export type OrderResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Order'] = ResolversParentTypes['Order']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lines?: Resolver<Array<ResolversTypes['OrderLine']>, ParentType, ContextType>;
  number?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  owner?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  paid?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  paidAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  payments?: Resolver<Array<ResolversTypes['Payment']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['OrderStatus'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type OrderChangeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['OrderChange'] = ResolversParentTypes['OrderChange']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ChangeKind'], ParentType, ContextType>;
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType>;
  orderId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type OrderConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['OrderConnection'] = ResolversParentTypes['OrderConnection']> = {
  edges?: Resolver<Array<ResolversTypes['OrderEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Order']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type OrderEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['OrderEdge'] = ResolversParentTypes['OrderEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
};

export type OrderLineResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['OrderLine'] = ResolversParentTypes['OrderLine']> = {
  product?: Resolver<ResolversTypes['Product'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  unitPrice?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Payload'] = ResolversParentTypes['Payload']> = {
  __resolveType: TypeResolveFn<'AddProductPayload' | 'CancelOrderPayload' | 'CancelPaymentPayload' | 'ChangePasswordPayload' | 'CreateTodoPayload' | 'DeleteCompletedTodosPayload' | 'DeleteMePayload' | 'DeleteTodoPayload' | 'DeleteUserPayload' | 'LogInPayload' | 'LogOutPayload' | 'MoveTodoPayload' | 'PlaceOrderPayload' | 'RefreshSessionPayload' | 'RefundPaymentPayload' | 'RemoveProductPricePayload' | 'RequestEmailVerificationPayload' | 'RequestPasswordResetPayload' | 'ResetPasswordPayload' | 'ResolvePaymentReviewPayload' | 'ResolveRefundPayload' | 'RestoreTodoPayload' | 'RestoreUserPayload' | 'RevokeOtherSessionsPayload' | 'RevokeSessionPayload' | 'SetProductPricePayload' | 'SignUpPayload' | 'StartPaymentPayload' | 'SyncPaymentPayload' | 'ToggleTodoPayload' | 'UpdateMePayload' | 'UpdateProductPayload' | 'UpdateTodoPayload' | 'UpdateTodosPayload' | 'UpdateUserPayload' | 'VerifyEmailPayload', ParentType, ContextType>;
};

export type PaymentResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Payment'] = ResolversParentTypes['Payment']> = {
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  events?: Resolver<Array<ResolversTypes['PaymentEvent']>, ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  failureCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  failureMessage?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nextAction?: Resolver<Maybe<ResolversTypes['PaymentAction']>, ParentType, ContextType>;
  order?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
  owner?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  provider?: Resolver<ResolversTypes['PaymentProvider'], ParentType, ContextType>;
  providerReference?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  refundableAmount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  refundedAmount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  refunds?: Resolver<Array<ResolversTypes['Refund']>, ParentType, ContextType>;
  reviewFlags?: Resolver<Array<ResolversTypes['PaymentReviewFlag']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['PaymentStatus'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PaymentActionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['PaymentAction'] = ResolversParentTypes['PaymentAction']> = {
  __resolveType: TypeResolveFn<'ApproveOnPhoneAction' | 'FormPostAction' | 'RedirectAction', ParentType, ContextType>;
};

export type PaymentAttentionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['PaymentAttention'] = ResolversParentTypes['PaymentAttention']> = {
  messages?: Resolver<ResolversTypes['ProviderMessageConnection'], ParentType, ContextType, Partial<PaymentAttentionMessagesArgs>>;
  payments?: Resolver<ResolversTypes['PaymentConnection'], ParentType, ContextType, Partial<PaymentAttentionPaymentsArgs>>;
  refunds?: Resolver<ResolversTypes['RefundConnection'], ParentType, ContextType, Partial<PaymentAttentionRefundsArgs>>;
};

export type PaymentChangeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['PaymentChange'] = ResolversParentTypes['PaymentChange']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ChangeKind'], ParentType, ContextType>;
  payment?: Resolver<Maybe<ResolversTypes['Payment']>, ParentType, ContextType>;
  paymentId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PaymentConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['PaymentConnection'] = ResolversParentTypes['PaymentConnection']> = {
  edges?: Resolver<Array<ResolversTypes['PaymentEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Payment']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PaymentEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['PaymentEdge'] = ResolversParentTypes['PaymentEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Payment'], ParentType, ContextType>;
};

export type PaymentEventResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['PaymentEvent'] = ResolversParentTypes['PaymentEvent']> = {
  amount?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['PaymentEventSource'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['PaymentStatus'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PaymentTotalResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['PaymentTotal'] = ResolversParentTypes['PaymentTotal']> = {
  amount?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['CurrencyCode'], ParentType, ContextType>;
  refundedAmount?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['PaymentStatus'], ParentType, ContextType>;
};

export type PlaceOrderPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['PlaceOrderPayload'] = ResolversParentTypes['PlaceOrderPayload']> = {
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ProductResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Product'] = ResolversParentTypes['Product']> = {
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  grantsDays?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  grantsPlan?: Resolver<Maybe<ResolversTypes['Plan']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isActive?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  prices?: Resolver<Array<ResolversTypes['Money']>, ParentType, ContextType>;
  sku?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ProviderMessageResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProviderMessage'] = ResolversParentTypes['ProviderMessage']> = {
  attempts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  lastError?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  payment?: Resolver<Maybe<ResolversTypes['Payment']>, ParentType, ContextType>;
  provider?: Resolver<ResolversTypes['PaymentProvider'], ParentType, ContextType>;
  receivedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ProviderMessageStatus'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ProviderMessageConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProviderMessageConnection'] = ResolversParentTypes['ProviderMessageConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ProviderMessageEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['ProviderMessage']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ProviderMessageEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ProviderMessageEdge'] = ResolversParentTypes['ProviderMessageEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['ProviderMessage'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  allPayments?: Resolver<ResolversTypes['PaymentConnection'], ParentType, ContextType, Partial<QueryAllPaymentsArgs>>;
  apiInfo?: Resolver<ResolversTypes['ApiInfo'], ParentType, PublicContext<ContextType>>;
  changes?: Resolver<ResolversTypes['ChangePage'], ParentType, ContextType, Partial<QueryChangesArgs>>;
  me?: Resolver<Maybe<ResolversTypes['User']>, ParentType, PublicContext<ContextType>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  nodes?: Resolver<Array<Maybe<ResolversTypes['Node']>>, ParentType, ContextType, RequireFields<QueryNodesArgs, 'ids'>>;
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType, RequireFields<QueryOrderArgs, 'id'>>;
  orders?: Resolver<ResolversTypes['OrderConnection'], ParentType, ContextType, Partial<QueryOrdersArgs>>;
  payment?: Resolver<Maybe<ResolversTypes['Payment']>, ParentType, ContextType, RequireFields<QueryPaymentArgs, 'id'>>;
  paymentAttention?: Resolver<ResolversTypes['PaymentAttention'], ParentType, ContextType>;
  paymentProviders?: Resolver<Array<ResolversTypes['PaymentProvider']>, ParentType, PublicContext<ContextType>>;
  paymentTotals?: Resolver<Array<ResolversTypes['PaymentTotal']>, ParentType, ContextType, Partial<QueryPaymentTotalsArgs>>;
  payments?: Resolver<ResolversTypes['PaymentConnection'], ParentType, ContextType, Partial<QueryPaymentsArgs>>;
  products?: Resolver<Array<ResolversTypes['Product']>, ParentType, PublicContext<ContextType>, RequireFields<QueryProductsArgs, 'includeRetired'>>;
  rateLimit?: Resolver<Maybe<ResolversTypes['RateLimit']>, ParentType, PublicContext<ContextType>>;
  todo?: Resolver<Maybe<ResolversTypes['Todo']>, ParentType, ContextType, RequireFields<QueryTodoArgs, 'id'>>;
  todoStats?: Resolver<ResolversTypes['TodoStats'], ParentType, ContextType>;
  todos?: Resolver<ResolversTypes['TodoConnection'], ParentType, ContextType, Partial<QueryTodosArgs>>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType, RequireFields<QueryUserArgs, 'id'>>;
  users?: Resolver<ResolversTypes['UserConnection'], ParentType, ContextType, Partial<QueryUsersArgs>>;
};

export type RateLimitResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RateLimit'] = ResolversParentTypes['RateLimit']> = {
  cost?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  limit?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  perSecond?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  remaining?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  resetAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type RedirectActionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RedirectAction'] = ResolversParentTypes['RedirectAction']> = {
  url?: Resolver<ResolversTypes['URL'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RefreshSessionPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RefreshSessionPayload'] = ResolversParentTypes['RefreshSessionPayload']> = {
  accessToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  accessTokenExpiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  refreshToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RefundResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Refund'] = ResolversParentTypes['Refund']> = {
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  failureMessage?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  needsManual?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  payment?: Resolver<ResolversTypes['Payment'], ParentType, ContextType>;
  providerReference?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['RefundStatus'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RefundConnectionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RefundConnection'] = ResolversParentTypes['RefundConnection']> = {
  edges?: Resolver<Array<ResolversTypes['RefundEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Refund']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type RefundEdgeResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RefundEdge'] = ResolversParentTypes['RefundEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Refund'], ParentType, ContextType>;
};

export type RefundPaymentPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RefundPaymentPayload'] = ResolversParentTypes['RefundPaymentPayload']> = {
  payment?: Resolver<Maybe<ResolversTypes['Payment']>, ParentType, ContextType>;
  refund?: Resolver<Maybe<ResolversTypes['Refund']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RemoveProductPricePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['RemoveProductPricePayload'] = ResolversParentTypes['RemoveProductPricePayload']> = {
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>;
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

export type ResolvePaymentReviewPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ResolvePaymentReviewPayload'] = ResolversParentTypes['ResolvePaymentReviewPayload']> = {
  payment?: Resolver<Maybe<ResolversTypes['Payment']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ResolveRefundPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['ResolveRefundPayload'] = ResolversParentTypes['ResolveRefundPayload']> = {
  payment?: Resolver<Maybe<ResolversTypes['Payment']>, ParentType, ContextType>;
  refund?: Resolver<Maybe<ResolversTypes['Refund']>, ParentType, ContextType>;
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

export interface SafeIntScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['SafeInt'], any> {
  name: 'SafeInt';
}

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

export type SetProductPricePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SetProductPricePayload'] = ResolversParentTypes['SetProductPricePayload']> = {
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
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

export type StartPaymentPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['StartPaymentPayload'] = ResolversParentTypes['StartPaymentPayload']> = {
  payment?: Resolver<Maybe<ResolversTypes['Payment']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface StringMapScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['StringMap'], any> {
  name: 'StringMap';
}

export type SubscriptionResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  changes?: SubscriptionResolver<ResolversTypes['Change'], "changes", ParentType, ContextType, Partial<SubscriptionChangesArgs>>;
  orderChanged?: SubscriptionResolver<ResolversTypes['OrderChange'], "orderChanged", ParentType, ContextType, Partial<SubscriptionOrderChangedArgs>>;
  paymentChanged?: SubscriptionResolver<ResolversTypes['PaymentChange'], "paymentChanged", ParentType, ContextType, Partial<SubscriptionPaymentChangedArgs>>;
  todoChanged?: SubscriptionResolver<ResolversTypes['TodoChange'], "todoChanged", ParentType, ContextType, Partial<SubscriptionTodoChangedArgs>>;
};

export type SyncPaymentPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['SyncPaymentPayload'] = ResolversParentTypes['SyncPaymentPayload']> = {
  payment?: Resolver<Maybe<ResolversTypes['Payment']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
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

export interface UrlScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['URL'], any> {
  name: 'URL';
}

export type UpdateMePayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['UpdateMePayload'] = ResolversParentTypes['UpdateMePayload']> = {
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UpdateProductPayloadResolvers<ContextType = OperationContext, ParentType extends ResolversParentTypes['UpdateProductPayload'] = ResolversParentTypes['UpdateProductPayload']> = {
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>;
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
  orders?: Resolver<ResolversTypes['OrderConnection'], ParentType, ContextType, Partial<UserOrdersArgs>>;
  payments?: Resolver<ResolversTypes['PaymentConnection'], ParentType, ContextType, Partial<UserPaymentsArgs>>;
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
  AddProductPayload?: AddProductPayloadResolvers<ContextType>;
  ApiInfo?: ApiInfoResolvers<ContextType>;
  ApproveOnPhoneAction?: ApproveOnPhoneActionResolvers<ContextType>;
  AuthPayload?: AuthPayloadResolvers<ContextType>;
  CancelOrderPayload?: CancelOrderPayloadResolvers<ContextType>;
  CancelPaymentPayload?: CancelPaymentPayloadResolvers<ContextType>;
  Change?: ChangeResolvers<ContextType>;
  ChangePage?: ChangePageResolvers<ContextType>;
  ChangePasswordPayload?: ChangePasswordPayloadResolvers<ContextType>;
  CreateTodoPayload?: CreateTodoPayloadResolvers<ContextType>;
  CurrencyCode?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  DeleteCompletedTodosPayload?: DeleteCompletedTodosPayloadResolvers<ContextType>;
  DeleteMePayload?: DeleteMePayloadResolvers<ContextType>;
  DeleteTodoPayload?: DeleteTodoPayloadResolvers<ContextType>;
  DeleteUserPayload?: DeleteUserPayloadResolvers<ContextType>;
  EmailAddress?: GraphQLScalarType;
  FormPostAction?: FormPostActionResolvers<ContextType>;
  LogInPayload?: LogInPayloadResolvers<ContextType>;
  LogOutPayload?: LogOutPayloadResolvers<ContextType>;
  Money?: MoneyResolvers<ContextType>;
  MoveTodoPayload?: MoveTodoPayloadResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  Order?: OrderResolvers<ContextType>;
  OrderChange?: OrderChangeResolvers<ContextType>;
  OrderConnection?: OrderConnectionResolvers<ContextType>;
  OrderEdge?: OrderEdgeResolvers<ContextType>;
  OrderLine?: OrderLineResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Payload?: PayloadResolvers<ContextType>;
  Payment?: PaymentResolvers<ContextType>;
  PaymentAction?: PaymentActionResolvers<ContextType>;
  PaymentAttention?: PaymentAttentionResolvers<ContextType>;
  PaymentChange?: PaymentChangeResolvers<ContextType>;
  PaymentConnection?: PaymentConnectionResolvers<ContextType>;
  PaymentEdge?: PaymentEdgeResolvers<ContextType>;
  PaymentEvent?: PaymentEventResolvers<ContextType>;
  PaymentTotal?: PaymentTotalResolvers<ContextType>;
  PlaceOrderPayload?: PlaceOrderPayloadResolvers<ContextType>;
  Product?: ProductResolvers<ContextType>;
  ProviderMessage?: ProviderMessageResolvers<ContextType>;
  ProviderMessageConnection?: ProviderMessageConnectionResolvers<ContextType>;
  ProviderMessageEdge?: ProviderMessageEdgeResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RateLimit?: RateLimitResolvers<ContextType>;
  RedirectAction?: RedirectActionResolvers<ContextType>;
  RefreshSessionPayload?: RefreshSessionPayloadResolvers<ContextType>;
  Refund?: RefundResolvers<ContextType>;
  RefundConnection?: RefundConnectionResolvers<ContextType>;
  RefundEdge?: RefundEdgeResolvers<ContextType>;
  RefundPaymentPayload?: RefundPaymentPayloadResolvers<ContextType>;
  RemoveProductPricePayload?: RemoveProductPricePayloadResolvers<ContextType>;
  RequestEmailVerificationPayload?: RequestEmailVerificationPayloadResolvers<ContextType>;
  RequestPasswordResetPayload?: RequestPasswordResetPayloadResolvers<ContextType>;
  ResetPasswordPayload?: ResetPasswordPayloadResolvers<ContextType>;
  ResolvePaymentReviewPayload?: ResolvePaymentReviewPayloadResolvers<ContextType>;
  ResolveRefundPayload?: ResolveRefundPayloadResolvers<ContextType>;
  RestoreTodoPayload?: RestoreTodoPayloadResolvers<ContextType>;
  RestoreUserPayload?: RestoreUserPayloadResolvers<ContextType>;
  RevokeOtherSessionsPayload?: RevokeOtherSessionsPayloadResolvers<ContextType>;
  RevokeSessionPayload?: RevokeSessionPayloadResolvers<ContextType>;
  SafeInt?: GraphQLScalarType;
  SecurityEvent?: SecurityEventResolvers<ContextType>;
  SecurityEventConnection?: SecurityEventConnectionResolvers<ContextType>;
  SecurityEventEdge?: SecurityEventEdgeResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  SetProductPricePayload?: SetProductPricePayloadResolvers<ContextType>;
  SignUpPayload?: SignUpPayloadResolvers<ContextType>;
  StartPaymentPayload?: StartPaymentPayloadResolvers<ContextType>;
  StringMap?: GraphQLScalarType;
  Subscription?: SubscriptionResolvers<ContextType>;
  SyncPaymentPayload?: SyncPaymentPayloadResolvers<ContextType>;
  TagCount?: TagCountResolvers<ContextType>;
  Todo?: TodoResolvers<ContextType>;
  TodoChange?: TodoChangeResolvers<ContextType>;
  TodoConnection?: TodoConnectionResolvers<ContextType>;
  TodoEdge?: TodoEdgeResolvers<ContextType>;
  TodoStats?: TodoStatsResolvers<ContextType>;
  ToggleTodoPayload?: ToggleTodoPayloadResolvers<ContextType>;
  URL?: GraphQLScalarType;
  UpdateMePayload?: UpdateMePayloadResolvers<ContextType>;
  UpdateProductPayload?: UpdateProductPayloadResolvers<ContextType>;
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
  cost?: CostDirectiveResolver<any, any, ContextType>;
  hasRole?: HasRoleDirectiveResolver<any, any, ContextType>;
  listSize?: ListSizeDirectiveResolver<any, any, ContextType>;
  public?: PublicDirectiveResolver<any, any, ContextType>;
  rateLimit?: RateLimitDirectiveResolver<any, any, ContextType>;
};
