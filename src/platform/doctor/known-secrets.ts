/** A secret of the settings, with the setting that has it. */
export interface KnownSecret {
  readonly setting: string;
  readonly value: string;
}

const SECRET_NAMES = /SECRET|PASSWORD|TOKEN|KEY|SALT|MPIN/;
const SHORTEST = 6;

/** Every secret that the settings hold, also the passwords within addresses and each of several between commas. */
export function secretsIn(given: Readonly<Record<string, string | undefined>>): KnownSecret[] {
  return Object.entries(given).flatMap(([setting, text = '']) => {
    // A machine's environment has secrets of others, which concern nobody here.
    if (SECRET_NAMES.test(setting)) return listed(text).map(value => ({ setting, value }));
    if (!setting.endsWith('_URL') || !URL.canParse(text)) return [];
    const password = passwordOf(text);
    return password === '' ? [] : [{ setting, value: password }];
  });
}

/** A key in PEM has commas nowhere, and line breaks. */
const listed = (text: string) =>
  text
    .split(',')
    .map(value => value.trim())
    .filter(value => value !== '');

function passwordOf(url: string): string {
  const { password } = new URL(url);
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}

/** The text with a mark in the place of each secret. Those that are too short would be found by chance. */
export function withoutSecrets(text: string, given: Readonly<Record<string, string | undefined>>): string {
  return secretsIn(given)
    .filter(({ value }) => value.length >= SHORTEST)
    .reduce((clean, { setting, value }) => clean.replaceAll(value, `<${setting}>`), text);
}
