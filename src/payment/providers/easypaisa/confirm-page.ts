import { escapeHtml } from '../../../platform/html.ts';
import type { HttpAnswer } from '../provider.ts';
import { CONFIRM_SCRIPT_PATH } from './settings.ts';

/**
 * The second of the three steps to EasyPaisa's page: it gave the browser a token, which is posted back together with where
 * to go at the end. By a script of this server's own, which its policy allows; without scripts, by the button.
 */
export function confirmPage(confirmUrl: string, token: string, doneUrl: string): HttpAnswer {
  return page(`<title>To EasyPaisa</title>
<form method="post" action="${escapeHtml(confirmUrl)}">
<input type="hidden" name="auth_token" value="${escapeHtml(token)}">
<input type="hidden" name="postBackURL" value="${escapeHtml(doneUrl)}">
<p>You are on your way to EasyPaisa.</p>
<button>Continue to EasyPaisa</button>
</form>
<script src="${CONFIRM_SCRIPT_PATH}"></script>`);
}

export const CONFIRM_SCRIPT: HttpAnswer = {
  status: 200,
  contentType: 'text/javascript; charset=utf-8',
  body: 'document.forms[0].submit();\n',
};

/** For a payer whom EasyPaisa sent back without saying for which order: it may well be paid. */
export const STRANDED: HttpAnswer = page(
  `<title>Payment</title>
<p>EasyPaisa did not say which payment this is about. If you have paid, nothing is lost: we ask EasyPaisa.
Go back to the shop and look at your order; please do not pay again.</p>`,
  400,
);

/** The address has a token in it, of which no other site is told: only which site the browser comes from. */
function page(content: string, status = 200): HttpAnswer {
  return {
    status,
    contentType: 'text/html; charset=utf-8',
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="strict-origin">
${content}
</html>
`,
  };
}
