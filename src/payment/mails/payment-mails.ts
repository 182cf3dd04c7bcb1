import { layOut, type MailText } from '../../platform/mail/layout.ts';
import { formatMoney, type Money } from '../money.ts';

export interface PaymentNotice {
  /** The order's. */
  readonly number: string;
  readonly amount: Money;
  /** The order in the front end. */
  readonly link: URL;
}

export const orderPaidMail = ({ number, amount, link }: PaymentNotice): MailText =>
  layOut({
    subject: `Your payment for order ${number}`,
    paragraphs: [`Thank you. Your payment of ${formatMoney(amount)} for order ${number} has arrived.`, link],
  });

export const refundedMail = ({ number, amount, link }: PaymentNotice): MailText =>
  layOut({
    subject: `Your refund for order ${number}`,
    paragraphs: [
      `${formatMoney(amount)} of your payment for order ${number} goes back to you. Your bank may take some days to show it.`,
      link,
    ],
  });
