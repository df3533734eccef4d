import assert from 'node:assert/strict'
import { type Case, type CaseCheck, expectColumns, usualNode } from './case.js'

/** The second of two nodes. */
const otherNode = {
  bpf_cpu_time_ms: 16_000,
  bpf_page_cache_hit: 100,
  package_power: 200,
  core_power: 120,
  uncore_power: 0,
  dram_power: 40,
}
const kinds = (findings: readonly { readonly kind: string }[]) => findings.map(({ kind }) => kind)

/** The sources and output types that a training run gives models of. */
async function trained({ run }: Case, ...args: readonly string[]): Promise<readonly string[]> {
  const trainers = ['--trainers', 'LinearRegressionTrainer', '--fast']
  const { code, stdout, stderr } = await run('train', '-p', 'p', ...trainers, '--json', ...args)
  assert.equal(code, 0, stderr)
  const { best } = JSON.parse(stdout)
  const folders = best.map(({ path }: { path: string }) => path.split('/').slice(0, 2).join('/'))
  return [...new Set<string>(folders)].sort()
}

/** Whose measurements: machines, replicas, other exporters, sources. */
export const machineCases: Readonly<Record<string, CaseCheck>> = {
  async federation(opened) {
    const { findings } = await expectColumns(opened, [], usualNode)
    assert.deepEqual(kinds(findings), ['other exporter'])
    await expectColumns(opened, ['--instance', 'node-b'], otherNode)
    await expectColumns(opened, ['--select', 'exported_instance="node-b"'], otherNode)
  },

  async 'thanos-clusters'(opened) {
    const { findings } = await expectColumns(opened, [], usualNode)
    assert.match(findings[0]?.example ?? '', /cluster=west.*--select/)
    await expectColumns(opened, ['--select', 'cluster="west"'], otherNode)
    await expectColumns(opened, ['--instance', 'west'], otherNode)
    const { code, stderr } = await opened.run('extract', '--select', 'cluster="north"')
    assert.equal(code, 1)
    assert.match(stderr, /matches none of 20 series/)
  },

  async 'ha-replicas'(opened) {
    const { findings } = await expectColumns(opened, [], usualNode)
    assert.deepEqual(kinds(findings), ['replica'])
    const { stdout } = await opened.run('validate', '--json')
    const { machines } = JSON.parse(stdout)
    assert.deepEqual(machines[0].replicas, ['prometheus_replica=prometheus-k8s-1'])
    assert.equal(machines.length, 1)
  },

  async 'passing-real-two-nodes'(opened) {
    const { findings } = await expectColumns(opened, [], usualNode)
    assert.deepEqual(kinds(findings), ['other exporter'])
  },

  async 'passing-wrap-one-package'(opened) {
    await expectColumns(opened, [], {
      bpf_cpu_time_ms: 5000,
      bpf_page_cache_hit: 5,
      package_power: 180,
      core_power: 110,
      uncore_power: 0,
      dram_power: 20,
    })
  },

  async 'nodeexporter-3nodes'(opened) {
    const { bpf_cpu_time_ms: _, bpf_page_cache_hit: _hits, ...power } = usualNode
    const args = ['-fg', 'ThirdParty', '-tm', 'node_cpu_seconds_total']
    const { findings } = await expectColumns(opened, args, { node_cpu_seconds_total: 8, ...power })
    assert.deepEqual(kinds(findings), ['other machine'])
  },

  async 'nodeexporter-feature'(opened) {
    const { bpf_cpu_time_ms: _, bpf_page_cache_hit: _hits, ...power } = usualNode
    const args = (metric: string) => ['-fg', 'ThirdParty', '--instance', '10.0.0.5:9102', '-tm', metric]
    await expectColumns(opened, args('node_cpu_seconds_total'), { node_cpu_seconds_total: 32, ...power })
    const busy = 'node_cpu_seconds_total{mode!="idle"}'
    await expectColumns(opened, args(busy), { [busy]: 8, ...power })
    await expectColumns(opened, args(`busy=${busy}`), { busy: 8, ...power })
  },

  async 'missing-dram'(opened) {
    const { uncore_power: _, dram_power: _dram, ...rest } = usualNode
    const { findings } = await expectColumns(opened, [], rest)
    assert.deepEqual(kinds(findings), ['missing component'])
    assert.deepEqual(await trained(opened), ['rapl-sysfs/AbsPower', 'rapl-sysfs/DynPower'])
  },

  async 'arm-xgene'(opened) {
    const { uncore_power: _, dram_power: _dram, ...rest } = usualNode
    await expectColumns(opened, ['-e', 'ampere-xgene-hwmon'], rest)
    const { stdout, stderr } = await opened.run('validate')
    assert.match(stdout, /ampere-xgene-hwmon\tyes\tpackage, core\t/)
    assert.doesNotMatch(stdout + stderr, /estimated/)
    assert.deepEqual(await trained(opened), ['ampere-xgene-hwmon/AbsPower', 'ampere-xgene-hwmon/DynPower'])
  },

  async 'old-source-label'(opened) {
    await expectColumns(opened, [], usualNode)
    await expectColumns(opened, ['-e', 'intel_rapl'], usualNode)
    assert.deepEqual(await trained(opened), ['rapl-sysfs/AbsPower', 'rapl-sysfs/DynPower'])
  },

  async gpu(opened) {
    const { stdout } = await opened.run('validate')
    assert.match(stdout, /gpu\tyes\tgpu\t/)
    await expectColumns(opened, ['-e', 'gpu'], { bpf_cpu_time_ms: 8000, bpf_page_cache_hit: 50, gpu_power: 250 })
    assert.deepEqual(await trained(opened, '-e', 'gpu'), ['gpu/AbsPower', 'gpu/DynPower'])
  },

  async 'kepler-0.11'(opened) {
    const columns = { cpu_time_ms: 8000, package_power: 100, core_power: 60, dram_power: 20 }
    const { findings } = await expectColumns(opened, [], columns)
    assert.deepEqual(kinds(findings), ['missing component'])
    const { stdout, stderr } = await opened.run('validate')
    assert.match(stdout, /CPUTimeOnly\tyes\t/)
    assert.match(stdout + stderr, /Kepler 0\.10 and later/)
    assert.deepEqual(await trained(opened), ['rapl-sysfs/AbsPower', 'rapl-sysfs/DynPower'])
  },
}
