/** "Did you mean": the nearest known word to a wrong one. */

/** Edit distance with neighbouring swaps (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let older: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let best = Math.min(previous[j]! + 1, current[j - 1]! + 1, substitution)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) best = Math.min(best, older[j - 2]! + 1)
      current.push(best)
    }
    older = previous
    previous = current
  }
  return previous[b.length]!
}

/** The known word nearest to `word`, or undefined when none is near (a third of its letters, at least 2, may differ). */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      bestDistance = distance
      best = candidate
    }
  }
  return best
}

/** ` (did you mean "x"?)`, or nothing. To be put behind a message. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const match = nearest(word, known)
  return match === undefined ? '' : ` (did you mean "${match}"?)`
}
