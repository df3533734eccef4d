import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../runtime/atomic-file.js'
import { type IdleProfile, parseIdleProfile } from '../isolate/idle-profile.js'

/** What was learned of idle power, kept beside the history so that it outlives the rest it was learned from. */
export interface ProfileFile {
  readonly profile: IdleProfile | undefined
  /** Writes when there is something new to say. */
  keep(profile: IdleProfile | undefined): Promise<void>
}

/** A file that is missing or damaged is an empty one: idle power is learned again. */
export async function openProfileFile(folder: string): Promise<ProfileFile> {
  const path = join(folder, 'idle-profile.json')
  let profile = await readFile(path, 'utf8').then(parseIdleProfile, () => undefined)
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
