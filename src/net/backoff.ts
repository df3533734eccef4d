/** How long to wait between attempts that fail. */
export interface Backoff {
  /** Milliseconds after the first failure; doubled after each further one in a row. */
  readonly first: number
  /** Milliseconds at most. */
  readonly longest: number
  /** From 0 to 1: shortens a pause by up to a half, so that those who failed together do not come back together. */
  readonly random?: (() => number) | undefined
}

/** Beyond it a pause is longer than any bound, and two to its power still a number. */
const mostDoublings = 50

/** Milliseconds to wait after so many failures in a row, of which there is at least one. */
export function backoff(failures: number, { first, longest, random = () => 1 }: Backoff): number {
  const pause = Math.min(longest, first * 2 ** Math.min(failures - 1, mostDoublings))
  return pause * (0.5 + 0.5 * random())
}
