import type { Clock } from '../../../../platform/clock.ts';
import type { Database } from '../../../../platform/database.ts';
import { Repeated } from '../../../../platform/jobs/repeated.ts';
import type { Logger } from '../../../../platform/logger.ts';
import { WEBHOOK_PATH } from '../routes.ts';
import type { SandboxSecrets } from '../signature.ts';
import { API_PREFIX, answerApi } from './api.ts';
import { answerControlJson, answerControlPage } from './control.ts';
import { deliverDue } from './deliveries.ts';
import { settleDue } from './due.ts';
import type { SandboxAnswer, SandboxRequest } from './exchange.ts';
import { CONTROL_PATH } from './pages/control-parts.ts';
import { CSS_PATH, cssReply } from './pages/layout.ts';
import { answerPayer, CHECKOUT_PREFIX } from './payer-pages.ts';

export interface SandboxOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secrets: SandboxSecrets;
  /** Where browsers reach this server, without a slash at the end. */
  readonly publicUrl: () => string;
  /** Where the merchant takes messages, without a slash at the end. */
  readonly merchantUrl: () => string;
}

export type SandboxRoute = (request: SandboxRequest) => Promise<SandboxAnswer>;

/** The make-believe provider. It knows the merchant by an API key and by the address that takes its messages. */
export interface Sandbox {
  /** By path; one that ends in a slash has all below it. */
  readonly routes: ReadonlyMap<string, SandboxRoute>;
  /** Begins to send messages and to do what time brings; once the server listens. */
  start(): void;
  stop(patienceMs: number): Promise<void>;
}

/** How late a message or the end of a wait is at the most. */
const EVERY_MS = 250;

export function createSandbox(options: SandboxOptions): Sandbox {
  const { database, clock, logger, secrets, publicUrl, merchantUrl } = options;
  const parts = { database, clock, publicUrl };
  const work = new Repeated({
    name: 'sandbox provider',
    pauseMs: EVERY_MS,
    work: async signal => {
      await settleDue({ database, clock, signal });
      const webhookUrl = () => `${merchantUrl()}${WEBHOOK_PATH}`;
      await deliverDue({ database, clock, signal, webhookUrl, secret: secrets.webhookSecret });
    },
    logger,
  });
  return {
    routes: new Map<string, SandboxRoute>([
      [`${API_PREFIX}/`, request => answerApi({ ...parts, apiKey: secrets.apiKey }, request)],
      [CHECKOUT_PREFIX, request => answerPayer(parts, request)],
      [CONTROL_PATH, request => answerControlPage(parts, request)],
      [`${CONTROL_PATH}.json`, request => answerControlJson(parts, request)],
      [CSS_PATH, async () => cssReply()],
    ]),
    start: () => work.start(),
    stop: patienceMs => work.stop(patienceMs),
  };
}
