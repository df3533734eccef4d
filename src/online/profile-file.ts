import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../runtime/atomic-file.js'
import { type IdleProfile, parseIdleProfile } from '../isolate/idle-profile.js'

/** The learned idle profile on disk, next to the history; it outlives the measurements that it was learned from. */
export interface ProfileFile {
  readonly profile: IdleProfile | undefined
  /** Writes the profile if it has changed. */
  keep(profile: IdleProfile | undefined): Promise<void>
}

/** A missing or damaged file counts as no profile: idle power is learned again. */
export async function openProfileFile(folder: string): Promise<ProfileFile> {
  const path = join(folder, 'idle-profile.json')
  let profile = await readFile(path, 'utf8')
    .then(parseIdleProfile)
    .catch(() => undefined)
  return {
    get profile() {
      return profile
    },
    async keep(next) {
      if (next === undefined || JSON.stringify(next) === JSON.stringify(profile)) return
      await writeFileAtomic(path, [`${JSON.stringify(next, null, 2)}\n`])
      profile = next
    },
  }
}
