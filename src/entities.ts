import { EmailLink } from './identity/email-link.entity.ts';
import { identityTracking } from './identity/identity.tracking.ts';
import { Session } from './identity/session.entity.ts';
import { User } from './identity/user.entity.ts';
import { Order } from './payment/order.entity.ts';
import { Payment } from './payment/payment.entity.ts';
import { paymentTracking } from './payment/payment.tracking.ts';
import { Product } from './payment/product.entity.ts';
import { Refund } from './payment/refund.entity.ts';
import { Todo } from './todo/todo.entity.ts';
import { todoTracking } from './todo/todo.tracking.ts';

/** Every entity of the product, and what follows from a write of one. */
export const entities = [User, Session, EmailLink, Todo, Product, Order, Payment, Refund];

export const tracking = [...identityTracking, ...todoTracking, ...paymentTracking];
