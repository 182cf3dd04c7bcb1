/** The longest name that a time zone may have; IANA's own have half as many characters. */
export const TIME_ZONE_MAX_LENGTH = 64;

/** Names begin with a letter; fixed offsets such as +05:00, which know no daylight saving, do not. */
const NAME_PATTERN = /^[A-Za-z][A-Za-z0-9_+/-]*$/;

/**
 * The name as the IANA time zone database writes it, for a name in whatever case; null where there is no such zone. A name
 * that became another one's alias, such as Europe/Kiev, stays what it is.
 */
export function readTimeZone(name: string): string | null {
  if (name.length > TIME_ZONE_MAX_LENGTH || !NAME_PATTERN.test(name)) return null;
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
