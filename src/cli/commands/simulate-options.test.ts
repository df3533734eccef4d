import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { failureOf, runCli, runServer } from '../../../test/support/cli.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { keplerModelProgram } from '../program.js'

interface SavedSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [time: number, value: string])[]
}

describe('the options of kepler-model simulate', () => {
  const folder = temporaryFolder()
  const run = (...args: string[]) => runCli(keplerModelProgram, ['simulate', '--data-path', folder, ...args])
  const json = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
  async function simulated(...args: string[]): Promise<Readonly<Record<string, readonly SavedSeries[]>>> {
    const { code, stderr } = await run('-o', 'a', '--duration', '6', ...args)
    assert.equal(code, 0, stderr)
    return json('a')
  }
  const refusal = async (...args: string[]) => {
    const failure = await failureOf(keplerModelProgram, ['simulate', '--data-path', folder, ...args])
    const { code, field, message } = failure as { code?: string; field?: string; message?: string }
    assert.equal(code, 'INVALID_CONFIG')
    return { field, message: message ?? '' }
  }

  it('say what is simulated', async () => {
    const usual = await simulated()
    const [cpu] = usual.kepler_container_bpf_cpu_time_ms_total ?? []
    assert.equal(cpu?.metric.instance, 'node-1')
    assert.deepEqual(
      cpu?.values.map(([time]) => time),
      [1_700_000_000, 1_700_000_003, 1_700_000_006],
    )
    const own = ['--chips', '1', '--cores', '4', '--instance', 'x', '--node-type', '7']
    const other = await simulated(...own, '--start-time', '5000', '--step', '2')
    const [first] = other.kepler_node_package_joules_total ?? []
    assert.equal(first?.metric.instance, 'x')
    assert.deepEqual(
      first?.values.map(([time]) => time),
      [5000, 5002, 5004, 5006],
    )
    const packages = (of: typeof usual) => of.kepler_node_package_joules_total?.length
    assert.deepEqual([packages(usual), packages(other)], [4, 2])
    assert.match(JSON.stringify(other), /"node_type":"7"|\[5000,"7"\]/)
  })

  it('say which metrics are there', async () => {
    const metrics = async (...args: string[]) => Object.keys(await simulated(...args))
    const usual = await metrics()
    assert.ok(!usual.some((name) => /qat|process|packge_ratio/.test(name)))
    assert.ok((await metrics('--vm-train')).includes('kepler_process_bpf_cpu_time_ms_total'))
    assert.ok((await metrics('--accelerator')).includes('kepler_node_accelerator_intel_qat'))
    const ratio = (await metrics('--package-ratio')).filter((name) => !usual.includes(name))
    assert.equal(ratio.length, 1)
    assert.ok((await metrics('--vocabulary', 'kepler-0.10')).includes('kepler_node_cpu_joules_total'))
  })

  it('give the same for the same seed, and another for another', async () => {
    const texts = await Promise.all(
      ['0', '0', '1'].map(async (seed, i) => {
        await run('-o', `seed-${i}`, '--duration', '6', '--seed', seed)
        return readFileSync(join(folder, `seed-${i}.json`), 'utf8')
      }),
    )
    assert.equal(texts[0], texts[1])
    assert.notEqual(texts[0], texts[2])
    await run('-o', 'idle', '--duration', '6', '--scenario', 'idle')
    assert.notEqual(readFileSync(join(folder, 'idle.json'), 'utf8'), texts[0])
  })

  it('say where response and truth go', async () => {
    const both = await run('-o', 'b', '--truth', 'truth', '--duration', '6')
    assert.equal(both.stdout, ['b', 'truth'].map((name) => `wrote ${join(folder, name)}.json\n`).join(''))
    const { components, samples } = json('truth')
    assert.deepEqual(components, ['package', 'core', 'uncore', 'dram', 'platform'])
    assert.equal(samples.length, 2)
    assert.equal((await run('-o', 'b', '--duration', '6')).stdout, `wrote ${join(folder, 'b.json')}\n`)
    assert.equal((await refusal()).field, '--output')
  })

  it('say how many hosts and machines there are', async () => {
    const { kepler_vm_cpu_watts: watts = [], node_load1: loads = [] } = await simulated('--vms', '3', '--vcpus', '2')
    assert.equal(new Set(watts.map(({ metric }) => metric.vm_id)).size, 3)
    assert.equal(loads.length, 4)
    const two = await simulated('--vms', '1', '--hosts', '2', '--cores', '4')
    assert.equal(two.node_load1?.length, 4)
    // Half as many processors again as a host has, of its one machine; five modes of each.
    assert.equal(
      new Set(two.node_cpu_seconds_total?.map(({ metric }) => `${metric.instance} ${metric.cpu}`)).size,
      2 * (4 + 4),
    )
  })

  const limits: readonly (readonly [option: string, least: number, most: number, ...others: string[]])[] = [
    ['--duration', 1, 1e9, '--step', '86400'],
    ['--step', 0.01, 86_400],
    ['--seed', 0, 1e9],
    ['--start-time', 0, 1e11],
    ['--node-type', 0, 1e9],
    ['--chips', 1, 64],
    ['--cores', 1, 65_536],
    ['--hosts', 1, 10_000, '--vms', '1'],
    ['--vms', 1, 10_000],
    ['--vcpus', 1, 32, '--vms', '1'],
  ]
  for (const [option, least, most, ...others] of limits) {
    it(`${option} is a number from ${least} to ${most}`, async () => {
      // What is left to refuse is that nothing says where to.
      for (const text of [least, most]) assert.equal((await refusal(...others, option, String(text))).field, '--output')
      for (const text of [String(least - 0.001), String(most + 1), '', ' ', 'many']) {
        const { field, message } = await refusal(...others, option, text)
        assert.deepEqual(
          [field, message],
          [option, `${option} is a number from ${least} to ${most}, got ${JSON.stringify(text)}`],
        )
      }
    })
  }

  it('are whole where they count', async () => {
    for (const [option, least, , ...others] of limits) {
      const { field, message } = await refusal(...others, option, String(least + 1.5))
      const isWhole = !['--duration', '--step', '--start-time'].includes(option)
      assert.equal(field, isWhole ? option : '--output', option)
      if (isWhole) assert.equal(message, `${option} is a whole number, got "${least + 1.5}"`)
    }
  })

  it('have limits together', async () => {
    const said = async (...args: string[]) => (await refusal(...args)).message
    assert.match(await said('--duration', '10000000', '--step', '1'), /^say where to/)
    assert.match(await said('--duration', '10000001', '--step', '1'), /more than 10000000 samples a series/)
    assert.match(await said('--hosts', '100', '--vms', '100'), /^say where to/)
    assert.equal((await refusal('--hosts', '101', '--vms', '100')).field, '--vms')
  })

  it('are refused where they have no meaning', async () => {
    for (const option of ['--hosts', '--vcpus']) {
      assert.deepEqual(await refusal(option, '1'), { field: option, message: `${option} has no meaning without --vms` })
    }
    const ofNode = [['--vm-train'], ['--package-ratio'], ['--accelerator'], ['--vocabulary', 'kepler-0.7']]
    for (const [option = '', ...value] of [...ofNode, ['--node-type', '1'], ['--instance', 'x']]) {
      const refused = await refusal('--vms', '1', option, ...value)
      assert.deepEqual(refused, { field: option, message: `${option} has no meaning with --vms` })
    }
    for (const option of ['--package-ratio', '--accelerator']) {
      const { field, message } = await refusal(option, '--vocabulary', 'kepler-0.10')
      assert.deepEqual([field, message], [option, `${option}: Kepler 0.10 and later has no such metric`])
    }
  })

  it('--serve answers scrapes until a signal', async () => {
    const args = ['simulate', '--serve', '0', '--scenario', 'idle']
    const use = async ([, url = '']: RegExpExecArray) => {
      assert.match(await (await fetch(url)).text(), /^kepler_container_bpf_cpu_time_ms_total\{/m)
      assert.equal((await fetch(url.replace('metrics', 'truth'))).status, 200)
    }
    const { code, stdout, stderr } = await runServer(keplerModelProgram, args, /(http:\S+\/metrics)/, use)
    assert.deepEqual([code, stdout], [0, ''])
    assert.match(stderr, /^scenario idle: http:\/\/127\.0\.0\.1:\d+\/metrics\n$/)
    const fleet = [...args.slice(0, 3), '--vms', '1', '--host', 'localhost']
    const found = async ([, url = '']: RegExpExecArray) => assert.equal((await fetch(url)).status, 200)
    assert.match(
      (await runServer(keplerModelProgram, fleet, /(http:\S+\/targets)/, found)).stderr,
      /^scenario services: /,
    )
    for (const port of ['-1', '65536', '1.5', '']) assert.equal((await refusal('--serve', port)).field, '--serve')
    const stopped = { signal: AbortSignal.abort('SIGTERM') }
    assert.equal((await runCli(keplerModelProgram, args, stopped)).code, 0)
  })
})
