import { identityExport } from './identity/identity.export.ts';
import { paymentExport } from './payment/payment.export.ts';
import type { Clock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import type { ExportFormats } from './platform/export/export-format.ts';
import { type ExportSection, writeJsonExport } from './platform/export/json-export.ts';
import { readPackageInfo } from './platform/package-info.ts';
import { todoExport } from './todo/todo.export.ts';
import { writeCalendar } from './todo/todo-calendar.ts';

/** What a person can take away, in the order of the document. */
const sections: readonly ExportSection[] = [...identityExport, ...todoExport, ...paymentExport];

/** The ways to take it away: JSON has everything, a calendar the todos. */
export function createExportFormats({ publicUrl }: Pick<Config, 'publicUrl'>, clock: Clock): ExportFormats {
  const calendar = { host: new URL(publicUrl ?? 'http://localhost').hostname, version: readPackageInfo().version };
  return {
    json: {
      mediaType: 'application/json',
      write: (em, ownerId) => writeJsonExport(sections, { em, ownerId, at: clock() }),
    },
    ics: { mediaType: 'text/calendar', write: (em, ownerId) => writeCalendar(em, ownerId, calendar) },
  };
}
