/**
 * Which of these media types an Accept header asks for most (RFC 9110, section 12.5.1): of those alike the first, and the
 * first one where there is no header. Null where it takes none of them.
 */
export function preferredType(accept: string | undefined, types: readonly string[]): string | null {
  if (accept === undefined || accept.trim() === '') return types[0] ?? null;
  const ranges = accept.split(',').map(readRange);
  const qualityOf = (type: string): number => {
    // What names it more closely counts.
    const wildcard = `${type.split('/', 1)[0]}/*`;
    const range = [type, wildcard, '*/*'].flatMap(name => ranges.find(one => one.name === name) ?? [])[0];
    return range?.quality ?? 0;
  };
  let best: { type: string; quality: number } | null = null;
  for (const type of types) {
    const quality = qualityOf(type);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best?.type ?? null;
}

function readRange(text: string): { name: string; quality: number } {
  const [name = '', ...parameters] = text.split(';').map(part => part.trim().toLowerCase());
  const quality = Number(parameters.find(parameter => parameter.startsWith('q='))?.slice(2) ?? 1);
  return { name, quality: Number.isNaN(quality) ? 0 : quality };
}
