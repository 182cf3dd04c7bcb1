/** Clocks in Pakistan are ahead by five hours, with no summer time. */
const OFFSET_MS = 5 * 3_600_000;

/** `yyyyMMdd HHmmss` in Pakistan, as EasyPaisa is told of an expiry. */
export function expiryText(at: Date): string {
  const digits = new Date(at.getTime() + OFFSET_MS).toISOString().replace(/\D/g, '');
  return `${digits.slice(0, 8)} ${digits.slice(8, 14)}`;
}

const TIME_PATTERN = /^(\d{2})\/(\d{2})\/(\d{4}) (0[1-9]|1[0-2]):([0-5]\d) (AM|PM)$/;

/** The moment that EasyPaisa says, such as `03/10/2023 11:32 AM`: day first, in Pakistan. Null where it is none. */
export function momentOf(text: string): Date | null {
  const [, day, month, year, hour = '', minute, half] = TIME_PATTERN.exec(text) ?? [];
  if (day === undefined) return null;
  const hours = ((hour === '12' ? 0 : Number.parseInt(hour, 10)) + (half === 'PM' ? 12 : 0))
    .toString()
    .padStart(2, '0');
  const there = `${year}-${month}-${day}T${hours}:${minute}:00.000Z`;
  const at = new Date(there);
  // There is no 31st of February, which Date takes for March.
  if (Number.isNaN(at.getTime()) || at.toISOString() !== there) return null;
  return new Date(at.getTime() - OFFSET_MS);
}
