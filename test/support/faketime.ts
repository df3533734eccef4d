import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './temporary-folder.js'

/** A clock of programs that can be set while they run: Debian's package `faketime`. */
export interface FakeClock {
  /** For the environment of a program. */
  readonly environment: Readonly<Record<string, string>>
  /** Seconds away from the true time. */
  set(seconds: number): void
}

const library = (() => {
  const root = '/usr/lib'
  const folders = existsSync(root) ? readdirSync(root) : []
  return folders.map((folder) => join(root, folder, 'faketime/libfaketimeMT.so.1')).find((path) => existsSync(path))
})()

/** Why there is none here, `false` where there is. */
export const noFakeClock: string | false = library === undefined ? 'needs libfaketime' : false

export function fakeClock(): FakeClock {
  const file = join(temporaryFolder(), 'offset')
  const set = (seconds: number) => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`)
  set(0)
  return {
    set,
    environment: {
      LD_PRELOAD: library ?? '',
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // As an administrator, or NTP, sets a clock: what measures durations goes on, and times of files are what they are.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
  }
}
