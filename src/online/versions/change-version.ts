import type { Pin, Version, Versions } from './versions.js'

/** Who changed a version, for the log: `by command`. */
export interface Change {
  readonly by: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * Serves an earlier version again, pins it, and notes who did.
 *
 * @param number @default the one before the served one
 * @throws ModelError `INVALID_REQUEST` when there is no such version
 */
export async function rollBack(versions: Versions, number: number | undefined, { by, now }: Change): Promise<Version> {
  const before = versions.liveNumber()
  const version = await versions.rollback(number, now)
  const why = `from version ${before} ${by}`
  await versions.log({ time: new Date(now).toISOString(), action: 'rolled-back', version: version.number, why })
  return version
}

/** Lets the online trainer publish again, and notes who did. @returns the pin that there was */
export async function releasePin(versions: Versions, { by, now }: Change): Promise<Pin | undefined> {
  const pinned = await versions.pin()
  await versions.unpin()
  await versions.log({
    time: new Date(now).toISOString(),
    action: 'unpinned',
    version: versions.liveNumber(),
    why: by,
  })
  return pinned
}

/** Why each version was published, by its number. */
export async function reasonsOf(versions: Versions): Promise<ReadonlyMap<number, string>> {
  return new Map(
    (await versions.history()).flatMap(({ action, version, why }) =>
      action === 'published' && version !== undefined ? [[version, why] as const] : [],
    ),
  )
}
