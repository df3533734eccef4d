import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { plainPowerSource } from '../../test/support/plain-power-source.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import type { ZonePower } from '../meter/power-source.js'
import { showTree } from './shown-tree.js'

async function scene(folder = join(temporaryFolder(), 'tree')) {
  const logger = recordedLog()
  let now = 0
  const tree = await showTree({ folder, source: plainPowerSource(), bootId: 'b', logger, clock: () => now })
  const counter = () => Number(readFileSync(join(folder, 'class/powercap/intel-rapl:0/energy_uj'), 'utf8'))
  const power = (watts: number): readonly ZonePower[] =>
    (['psys', 'package', 'dram'] as const).map((zone) => ({
      ...{ zone, watts, low: watts, high: watts, idleWatts: 0, outOfRange: false },
    }))
  const messages = (level: string) => logger.lines.filter((line) => line.level === level)
  return { folder, tree, counter, power, messages, wait: (milliseconds: number) => (now += milliseconds) }
}

describe('showTree', () => {
  it('counts energy, and says where each zone is', async () => {
    const { folder, tree, counter, power, messages } = await scene()
    assert.equal(tree.folder, folder)
    tree.add(power(10), 2)
    assert.equal(counter(), 20_000_000)
    assert.deepEqual(tree.state(), { up: true, failures: 0 })
    assert.equal(tree.path('package'), `${folder}/class/powercap/intel-rapl:0`)
    assert.equal(tree.path('dram'), `${folder}/class/powercap/intel-rapl:0:0`)
    assert.equal(tree.path('psys'), `${folder}/class/powercap/intel-rapl:1`)
    assert.equal(tree.path('none'), `${folder}/class/powercap/none`)
    assert.deepEqual(messages('warn'), [])
    await tree.stop()
  })

  it('keeps energy while the folder cannot be written, says so once, and shows it all later', async () => {
    const { folder, tree, counter, power, messages } = await scene()
    renameSync(folder, `${folder}-away`)
    writeFileSync(folder, 'in the way')
    tree.add(power(10), 1)
    tree.add(power(10), 1)
    assert.deepEqual(tree.state(), { up: false, failures: 2 })
    assert.equal(messages('error').length, 1)
    assert.equal(messages('error')[0]?.fields.folder, folder)
    assert.deepEqual(messages('info'), [])
    renameSync(folder, `${folder}-file`)
    renameSync(`${folder}-away`, folder)
    tree.add(power(10), 1)
    tree.add(power(10), 1)
    assert.deepEqual(tree.state(), { up: true, failures: 2 })
    assert.equal(counter(), 40_000_000)
    assert.deepEqual(
      messages('info').map(({ fields }) => fields),
      [{ folder }],
    )
    await tree.stop()
  })

  it('says once a minute that it stands still and that somebody else writes, and how often since', async () => {
    const { folder, tree, power, messages, wait } = await scene()
    const counter = join(folder, 'class/powercap/intel-rapl:0/energy_uj')
    let energy = 50_000_000
    const intrude = () => {
      energy *= 2
      writeFileSync(counter, `${energy}\n`)
      tree.add(power(10), 1)
    }
    tree.add(power(10), 1)
    for (let n = 0; n < 3; n++) intrude()
    wait(60_000)
    intrude()
    assert.deepEqual(
      messages('warn').map(({ fields }) => fields),
      [
        { folder, more: 0 },
        { folder, more: 2 },
      ],
    )
    renameSync(folder, `${folder}-away`)
    writeFileSync(folder, 'in the way')
    for (let n = 0; n < 3; n++) tree.add(power(10), 1)
    wait(60_000)
    tree.add(power(10), 1)
    assert.deepEqual(
      messages('error').map(({ fields }) => fields),
      [
        { folder, more: 0 },
        { folder, more: 2 },
      ],
    )
  })

  it('warns when somebody else writes its counters', async () => {
    const { folder, tree, power, messages } = await scene()
    tree.add(power(10), 1)
    assert.deepEqual(messages('warn'), [])
    writeFileSync(join(folder, 'class/powercap/intel-rapl:0/energy_uj'), '50000000\n')
    tree.add(power(10), 1)
    tree.add(power(10), 1)
    assert.equal(messages('warn').length, 1)
    await tree.stop()
  })

  it('keeps a second meter away until it stops', async () => {
    const { folder, tree } = await scene()
    await assert.rejects(scene(folder), { code: 'UNAVAILABLE' })
    await tree.stop()
    const { tree: next } = await scene(folder)
    await next.stop()
  })

  it('lets the folder go when its tree is not ours', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'class/powercap/intel-rapl:0'), { recursive: true })
    await assert.rejects(scene(folder), { code: 'INVALID_CONFIG' })
    assert.ok(!existsSync(join(folder, 'class/powercap/intel-rapl:1')))
    rmSync(join(folder, 'class'), { recursive: true })
    const { tree } = await scene(folder)
    await tree.stop()
  })

  it('lets the folder go when its tree cannot be made', async () => {
    const folder = join(temporaryFolder(), 'tree')
    mkdirSync(folder)
    writeFileSync(join(folder, 'class'), 'in the way')
    await assert.rejects(scene(folder), { code: 'UNAVAILABLE', message: /cannot hold a powercap tree/ })
    rmSync(join(folder, 'class'))
    const { tree } = await scene(folder)
    await tree.stop()
  })
})
