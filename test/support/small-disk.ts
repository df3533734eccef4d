import { spawnSync } from 'node:child_process'
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

/** A disk of its own that can be full. */
export interface SmallDisk {
  readonly path: string
  /** Takes all room but so many bytes. */
  fill(free?: number): void
  /** Gives the room back. */
  empty(): void
}

/** Why there is none here, `false` where there is. */
export const noSmallDisk: string | false = (() => {
  if (process.platform !== 'linux') return 'needs a tmpfs, which Linux has'
  const probe = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp'])
  return probe.status === 0 ? false : 'needs the right to mount a tmpfs (root)'
})()

/** Mounts a tmpfs that is gone after the suite. */
export function smallDisk(megabytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'kepler-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { encoding: 'utf8' })
  if (mounted.status !== 0) throw new Error(`no tmpfs at ${path}: ${mounted.stderr}`)
  after(() => {
    spawnSync('umount', ['--lazy', path])
    rmdirSync(path)
  })
  const filler = join(path, '.filler')
  return {
    path,
    fill(free = 0) {
      const file = openSync(filler, 'a')
      const block = Buffer.alloc(4096)
      let bytes = 0
      try {
        for (;;) bytes += writeSync(file, block)
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
        ftruncateSync(file, Math.max(0, bytes - free))
      } finally {
        closeSync(file)
      }
    },
    empty: () => rmSync(filler, { force: true }),
  }
}
