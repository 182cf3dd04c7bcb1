/** Names this far apart may be one misspelt; of short names less. */
const DISTANCE_MAX = 2;
const LETTERS_PER_SLIP = 4;

/** The name that was probably meant; null where none is near. */
export function nearestName(name: string, known: readonly string[]): string | null {
  const limit = Math.min(DISTANCE_MAX, Math.floor(name.length / LETTERS_PER_SLIP));
  const [best] = known
    .map(candidate => ({ candidate, distance: editDistance(name.toUpperCase(), candidate) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  return best?.candidate ?? null;
}

/** Letters to put in, take out or change, and neighbours to swap (https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance, restricted). */
export function editDistance(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, at) => at)];
  const cell = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= other.length; j += 1) {
      const changed = one[i - 1] === other[j - 1] ? 0 : 1;
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row.push(
        Math.min(
          cell(i - 1, j) + 1,
          cell(i, j - 1) + 1,
          cell(i - 1, j - 1) + changed,
          isSwap ? cell(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return cell(one.length, other.length);
}
