/** How many of a kind were put in, and how many were there already. */
export interface Counts {
  readonly what: string;
  readonly made: number;
  readonly there: number;
}

export const count = (areNew: readonly boolean[]): Pick<Counts, 'made' | 'there'> => {
  const made = areNew.filter(Boolean).length;
  return { made, there: areNew.length - made };
};
