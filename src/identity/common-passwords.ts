import { createRequire } from 'node:module';

/** So many of a published list, most used first, are refused. */
export const COMMONEST = 10_000;
let commonest: ReadonlySet<string> | null = null;

/**
 * The list of zxcvbn-ts (https://github.com/zxcvbn-ts/zxcvbn), made of what was leaked. Loaded when it is first asked for:
 * it takes a moment, for which a start should not wait.
 */
function readCommonest(): ReadonlySet<string> {
  const { dictionary } = createRequire(import.meta.url)('@zxcvbn-ts/language-common') as {
    dictionary: { readonly 'passwords-common': readonly string[] };
  };
  return new Set(dictionary['passwords-common'].slice(0, COMMONEST));
}

/**
 * What else is tried first. Lists of leaked passwords are mostly a known word with a known ending, and our rules leave only
 * those with a capital and a digit, of which a list has few: so here are the words and the endings, each in the order of
 * habit, and a password is common if it is any word with any ending. Written by hand.
 */
const WORDS = `
password passw passwort passwd passcode pass pwd motdepasse contrasena senha parola wachtwoord haslo
welcome letmein login admin administrator root user guest test tester testing demo default changeme change temp temporary
secret master access hello hallo hola bonjour iloveyou loveyou love lovely loveme forever baby babygirl princess prince
queen king angel angels sunshine summer spring winter autumn fall january february march april may june july august
september october november december monday tuesday wednesday thursday friday saturday sunday qwerty qwert qwertz azerty
qwertyuiop asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm qaz qazwsx wsx qwe asd zxc abc abcd abcde abcdef aaa aa a q
dragon monkey tiger lion eagle horse butterfly chicken cookie chocolate banana orange apple cherry pepper ginger coffee
football baseball basketball soccer hockey tennis golf liverpool arsenal chelsea barcelona madrid juventus yankees
cowboys lakers steelers patriots superman batman spiderman ironman starwars pokemon naruto minecraft fortnite roblox
computer internet google facebook instagram twitter linkedin windows microsoft samsung iphone android oracle cisco server
company office business money freedom liberty america canada england london paris berlin moscow india pakistan karachi
lahore islamabad brazil mexico france germany italy spain russia china japan
michael jordan michelle jennifer jessica ashley daniel andrew joshua matthew anthony robert charlie thomas george william
james john david alex alexander nicole hannah amanda samantha sophie maria anna ali ahmed muhammad mohammed hassan fatima
jesus christ god family friends mother mommy daddy lucky happy smile flower purple silver golden shadow hunter killer
ninja ranger harley mustang ferrari porsche mercedes corvette yamaha maverick phoenix matrix trustno blink whatever nothing
something mypassword mypass thisis newpass newpassword supersecret pa$$word p@ssword p@ssw0rd passw0rd pa55word p4ssword
p4ssw0rd p@$$w0rd pa$$w0rd qwerty! adm1n w3lcome welc0me l3tmein s3cret
`
  .trim()
  .split(/\s+/);

const YEARS = Array.from({ length: 2030 - 1950 }, (_, n) => String(1950 + n));
const DIGITS = `
0 1 2 3 4 5 6 7 8 9 00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
33 42 44 55 66 69 77 88 99 000 007 100 101 111 121 123 222 234 246 321 333 420 444 456 555 666 678 777 786 789 888 911
987 999 1000 1111 1122 1212 1221 1233 1234 1313 2222 2580 3333 4321 4444 5555 6666 6969 7777 8888 9999 11111 12321 12345
54321 55555 111111 112233 121212 123123 123321 123456 654321 666666 1234567 12345678 123456789 1234567890
1q2w3e 1q2w3e4r 1a2b3c 123abc 123qwe 123asd
`
  .trim()
  .split(/\s+/);

/** What people put behind, or before, the word. */
const ENDINGS = new Set(
  [...DIGITS, ...YEARS].flatMap(digits => [
    digits,
    ...['!', '!!', '.', '?', '#', '$', '*', '@'].map(sign => digits + sign),
    ...['!', '@', '#', '$', '_', '-', '.', ' '].map(sign => sign + digits),
    `@${digits}!`,
  ]),
);

/** Walks over the keyboard and other habits that are no word with an ending. */
const NAMED = new Set(
  `1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 2wsx3edc q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 a1b2c3d4
  a1s2d3f4 z1x2c3v4 1a2b3c4d 1a2b3c4d5e 12qwaszx 12qw34er 123qweasd 123qweasdzxc qwe123qwe qweasd123 qwerasdf1 zaq12wsx
  zaq1xsw2 zaq1zaq1 !qaz2wsx 1qaz@wsx 1qaz!qaz 123abc123 abc123abc abc12345 abc123456 123456abc 123456qwerty 12345qwert
  1234qwer 123qwe123 qwer1234 asdf1234 asdfg12345 zxcv1234 password1password 1password 123password 12345password
  p@ssword1234 trustno1 blink182 ncc1701d ncc1701e thx1138a r2d2c3po 4815162342a 19841984a a12345678 a123456789 aa123456
  aa12345678 aaa12345 q1234567 q12345678 q123456789 x12345678 1234567a 12345678a 123456789a 1234567q 123456789q 987654321a
  1111aaaa aaaa1111 11111111a 00000000a 1qw23er4 gfhjkm123 vfhbyf123 samsung1samsung superman1superman letmein1letmein
  welcome2welcome changeme123! passw0rd passw0rd! p@ssw0rd p@ssw0rd! pa55word pa55w0rd p4ssw0rd p4ssword pa$$w0rd
  p@$$w0rd adm1nistrator w3lcome! welc0me! l3tme1n! s3cur1ty secur1ty 1loveyou 1loveyou! il0veyou iloveyou2! iloveu2me
  correcthorsebatterystaple1`.split(/\s+/),
);

/** Whether whoever guesses would try it among the first, in whatever mixture of capitals and small letters. */
export function isCommonPassword(password: string): boolean {
  const lower = password.toLowerCase().trim();
  commonest ??= readCommonest();
  if (commonest.has(lower) || NAMED.has(lower)) return true;
  return WORDS.some(
    word =>
      (lower.startsWith(word) && ENDINGS.has(lower.slice(word.length))) ||
      (lower.endsWith(word) && ENDINGS.has(lower.slice(0, -word.length))),
  );
}
