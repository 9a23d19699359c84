/** Edit distance of Levenshtein between two short words. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

const LONGEST = 40;

/** Case and separators are what people get wrong first: they must not count as errors. */
const plain = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The known word that is nearest to a misspelt one; undefined when nothing comes near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const wanted = plain(word).slice(0, LONGEST);
  let best: { readonly word: string; readonly far: number } | undefined;
  for (const one of known) {
    const far = distance(wanted, plain(one));
    if (best === undefined || far < best.far) best = { word: one, far };
  }
  return best !== undefined && best.far <= Math.max(1, Math.floor(wanted.length / 3))
    ? best.word
    : undefined;
}
