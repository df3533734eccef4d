import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { filesOfHost, machineFiles } from './system-files.js'

it('files are read to their end, and no further than eight megabytes', () => {
  const folder = temporaryFolder()
  const write = (size: number) => {
    writeFileSync(join(folder, 'file'), `${'x'.repeat(size - 1)}y`)
    return machineFiles.read(join(folder, 'file'))
  }
  const text = write(200_000)
  assert.equal(text?.length, 200_000)
  assert.ok(text.endsWith('xy'))
  assert.equal(write(9 << 20)?.length, 8 << 20)
  assert.equal(machineFiles.read(join(folder, 'none')), undefined)
  assert.equal(machineFiles.read(folder), undefined)
  assert.deepEqual([machineFiles.list(folder), machineFiles.list(join(folder, 'none'))], [['file'], []])
})

it('files of a host are looked for where it is seen', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'proc'))
  writeFileSync(join(folder, 'proc/cpuinfo'), 'theirs')
  const files = filesOfHost({ proc: join(folder, 'proc'), sys: join(folder, 'sys') })
  assert.equal(files.read('/proc/cpuinfo'), 'theirs')
  assert.deepEqual(files.list('/proc'), ['cpuinfo'])
  assert.deepEqual(files.list('/sys'), [])
  assert.deepEqual(files.list('/process'), [])
  writeFileSync(join(folder, 'process'), 'not theirs')
  assert.equal(files.read(join(folder, 'process')), 'not theirs')
  mkdirSync(join(folder, 'sys/sys'), { recursive: true })
  writeFileSync(join(folder, 'sys/sys/file'), 'theirs as well')
  assert.equal(files.read('/sys/sys/file'), 'theirs as well')
  assert.equal(files.read(join(folder, 'sys/sys/file')), 'theirs as well', 'only the beginning of a path is replaced')
})
