import assert from 'node:assert/strict'
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { build } from 'esbuild'
import { randomMoments } from '../support/kill-at-random.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const kills = 200

describe('a powercap tree whose writer is killed', () => {
  const programs = temporaryFolder()

  before(async () => {
    // In one file they start in a twentieth of a second.
    await build({
      entryPoints: ['test/support/powercap-writer.ts', 'test/support/powercap-reader.ts'],
      outdir: programs,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      format: 'esm',
      platform: 'node',
    })
  })

  it(`never shows a smaller or broken number, ${kills} times`, { timeout: 300_000 }, async (test) => {
    const random = randomMoments(test)
    const folder = temporaryFolder()
    const writer = () =>
      spawn(process.execPath, [join(programs, 'powercap-writer.mjs'), folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    const first = writer()
    await once(first.stdout, 'data')
    const reader: ChildProcessByStdio<Writable, Readable, null> = spawn(
      process.execPath,
      [join(programs, 'powercap-reader.mjs'), folder],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    )
    let seen = ''
    reader.stdout.setEncoding('utf8').on('data', (text) => (seen += text))
    let current = first
    for (let kill = 0; kill < kills; kill++) {
      await wait(random.next() * 25)
      current.kill('SIGKILL')
      await once(current, 'exit')
      current = writer()
      // Half of them are killed while they take over the tree, too.
      if (kill % 2 === 0) await once(current.stdout, 'data')
      else await wait(random.next() * 80)
    }
    current.kill('SIGKILL')
    await once(current, 'exit')
    reader.stdin.end()
    await once(reader, 'close')
    const { readings, faults } = JSON.parse(seen)
    test.diagnostic(`${readings} readings`)
    assert.deepEqual(faults, [])
    assert.ok(readings > kills * 10)
    // What a killed writer leaves is in nobody's way: nothing stands in the folders that readers list.
    assert.deepEqual(readdirSync(join(folder, 'class/powercap')).sort(), [
      'intel-rapl',
      'intel-rapl:0',
      'intel-rapl:0:0',
      'intel-rapl:1',
    ])
  })
})
