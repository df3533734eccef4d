import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { symlinkSync, unlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Builds a clone with the packages of this folder: what the first block of the README does. */
export function buildClone(clone: string): void {
  const packages = join(clone, 'node_modules')
  symlinkSync(resolve('node_modules'), packages)
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'build'], { cwd: clone, encoding: 'utf8' })
  unlinkSync(packages)
  assert.equal(status, 0, `${stdout}${stderr}`)
}
