/** Words that stand in examples and in what people type, and in random digits by a chance of one in thousands. */
const WORDS =
  /secret|change.?me|example|password|passwort|default|development|insecure|placeholder|replace|duely|qwerty|letmein|your[-_ ]|token|jwt[-_]/i;
const BITS_MIN = 80;
/** More than that share of neighbours in a row, such as abcdef, is typed and not drawn. */
const RUNS_MAX = 0.4;

/** What is wrong with a secret, as the end of a sentence that does not show it; null where nothing is. */
export function secretWeakness(secret: string): string | null {
  if (WORDS.test(secret)) return 'has a word in it that examples have';
  if (isRepetition(secret)) return 'is one piece again and again';
  if (shareOfRuns(secret) > RUNS_MAX) return 'is a row of the alphabet or of digits';
  if (entropyBits(secret) < BITS_MIN) return `has less than ${BITS_MIN} bits of chance in it`;
  return null;
}

const isRepetition = (text: string) => `${text}${text}`.indexOf(text, 1) < text.length;

function shareOfRuns(text: string): number {
  let runs = 0;
  for (let at = 1; at < text.length; at += 1)
    if (Math.abs(text.charCodeAt(at) - text.charCodeAt(at - 1)) <= 1) runs += 1;
  return runs / Math.max(text.length - 1, 1);
}

/** Shannon's, by how often each character stands in it: an upper bound for what a person made up. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return -[...counts.values()].reduce((sum, count) => sum + count * Math.log2(count / text.length), 0);
}
