import { setImmediate as nextTurn } from 'node:timers/promises'

/** Work in pieces of some milliseconds: a `yield` stands between two of them. */
export type Pieces<T> = Generator<void, T, void>

/** Does all pieces at once. */
export function atOnce<T>(pieces: Pieces<T>): T {
  for (;;) {
    const { done, value } = pieces.next()
    if (done) return value
  }
}

/**
 * Does each piece in a turn of the event loop of its own, so that a server goes on answering.
 *
 * @throws the reason of `signal` when it aborts between two pieces
 */
export async function inTurns<T>(pieces: Pieces<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    signal?.throwIfAborted()
    const { done, value } = pieces.next()
    if (done) return value
    await nextTurn()
  }
}
