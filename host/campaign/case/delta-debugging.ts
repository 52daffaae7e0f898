/**
 * The smallest part of a list that still fails, in its order: delta debugging (Zeller and Hildebrandt 2002, ddmin).
 * Drops chunks, half of the list first, then smaller ones; at the end single items. If `fails` always answers, the
 * result fails and no single item can be dropped from it.
 * @param fails says whether a part of the list fails; the whole list is known to
 */
export function smallestFailing<T>(
  items: readonly T[],
  fails: (part: readonly T[]) => boolean,
): readonly T[] {
  let kept = items;
  if (kept.length > 0 && fails([])) return [];
  let chunks = 2;
  while (kept.length > 1) {
    const size = Math.ceil(kept.length / chunks);
    const smaller = withoutOneChunk(kept, size, fails);
    if (smaller !== null) {
      chunks = Math.max(2, Math.min(chunks - 1, smaller.length));
      kept = smaller;
    } else if (size === 1) {
      break;
    } else {
      chunks = Math.min(kept.length, 2 * chunks);
    }
  }
  return kept;
}

/** The list without its last chunk that it fails without: what comes late in a run is dropped most easily. */
function withoutOneChunk<T>(
  items: readonly T[],
  size: number,
  fails: (part: readonly T[]) => boolean,
): readonly T[] | null {
  const chunks = Math.ceil(items.length / size);
  for (let chunk = chunks - 1; chunk >= 0; chunk--) {
    const part = [...items.slice(0, chunk * size), ...items.slice((chunk + 1) * size)];
    if (part.length > 0 && fails(part)) return part;
  }
  return null;
}
