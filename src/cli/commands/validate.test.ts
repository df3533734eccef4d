import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { container, counter, type MadeSeries, raplEnergy, responseText } from '../../../test/fixtures/response.js'
import { runCli } from '../../../test/support/cli.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { keplerModelProgram } from '../program.js'

type Metrics = Readonly<Record<string, readonly MadeSeries[]>>

const usage: Metrics = {
  kepler_container_bpf_cpu_time_ms_total: [
    { labels: container('app'), values: counter([10, 20, 30]) },
    { labels: container('agent'), values: counter([1, 1, 1]) },
  ],
  kepler_container_bpf_page_cache_hit_total: [{ labels: container('app'), values: counter([5, 5, 5]) }],
}
const platform = (source: string): MadeSeries => ({
  labels: { instance: 'node-1', job: 'kepler', source, mode: 'dynamic' },
  values: counter([100, 110, 120]),
})
const node1 = raplEnergy({ package: [40, 60, 80], dram: [4, 6, 8] })
const node2 = raplEnergy({ package: [10, 12, 14], dram: [1, 1, 1] }, { instance: 'node-2' })
const both: Metrics = Object.fromEntries(
  Object.entries(node1).map(([metric, series]) => [metric, [...series, ...(node2[metric] ?? [])]]),
)

describe('commands on a saved response', () => {
  const folder = temporaryFolder()
  const save = (name: string, metrics: Metrics) => writeFileSync(join(folder, `${name}.json`), responseText(metrics))
  save('one', { ...node1, ...usage })
  save('two', { ...both, ...usage, kepler_node_platform_joules_total: [platform('acpi'), platform('mine')] })
  save('energy', { ...node2 })
  const run = (args: readonly string[], columns?: number) =>
    runCli(keplerModelProgram, args, {
      environment: { DATAPATH: folder },
      ...(columns === undefined ? {} : { columns }),
    })

  describe('kepler-model validate', () => {
    it('has a line for each metric, and one for each group and source', async () => {
      const { code, stdout, stderr } = await run(['validate', '-i', 'one'])
      assert.equal(code, 0)
      const [metrics = '', training = ''] = stdout.split('\n\n')
      const times = '3\t1970-01-01T00:16:40Z\t1970-01-01T00:16:49Z\t'
      assert.deepEqual(metrics.split('\n').slice(0, 4), [
        'METRIC\tSERIES\tSAMPLES\tSTEP\tFROM\tTO\tREMARKS',
        `kepler_container_bpf_cpu_time_ms_total\t2\t8\t${times}`,
        `kepler_container_bpf_page_cache_hit_total\t1\t4\t${times}`,
        `kepler_node_core_joules_total\t4\t16\t${times}`,
      ])
      const rows = training.trim().split('\n')
      assert.equal(rows[0], 'FOR TRAINING\tUSABLE\tHAS\tMISSING')
      assert.ok(rows.includes('BPFOnly\tyes\t\t'))
      assert.ok(rows.some((row) => /^CounterOnly\tno\t\tkepler_container_cache_miss_total, k\w+, k\w+$/.test(row)))
      assert.equal(rows.at(-1), 'rapl-sysfs\tyes\tpackage, core, uncore, dram')
      assert.deepEqual(stderr.trim().split('\n'), [
        'Metrics of Kepler 0.7 to 0.9',
        'rapl-sysfs with BPFOnly: 3 rows; node-1 (job kepler) scraped every 3 s, asked every 3 s',
        'Machines with energy: node-1 {instance=node-1}',
      ])
    })

    it('says what becomes of several machines and sources', async () => {
      const { stdout, stderr } = await run(['validate', '-i', 'two'])
      assert.match(stdout, /\nacpi\tyes\tplatform\t\nmine\tyes\tplatform\t\(a source of its own\)\n$/)
      assert.match(stderr, /^ {2}kepler_node_package_joules_total: 1 × other exporter \(.*\), first node-2 /m)
      assert.match(stderr, /^Machines with energy: node-1 \{instance=node-1\}; node-2 \{instance=node-2\}$/m)
      assert.match(stderr, /^One machine at a time is extracted/m)
      assert.doesNotMatch((await run(['validate', '-i', 'one'])).stderr, /One machine at a time/)
    })

    it('says which components a source lacks, and where a label says no source', async () => {
      const { kepler_node_dram_joules_total: _, ...rest } = node1
      const nameless = [{ labels: { instance: 'node-1', mode: 'dynamic' }, values: counter([1, 1, 1]) }]
      save('lacks', { ...rest, ...usage, kepler_node_platform_joules_total: nameless })
      const { stdout } = await run(['validate', '-i', 'lacks'])
      assert.match(stdout, /\nrapl-sysfs\tyes\tpackage, core, uncore\tdram\n/)
      assert.match(stdout, /\n\(no source\)\tno\tplatform\ta label source\n/)
    })

    it('looks for what options say: third-party metrics, processes, another vocabulary', async () => {
      const options = ['--thirdparty-metrics', 'x', '--vm-train', '--vocabulary', 'kepler-0.10']
      const { code, stdout, stderr } = await run(['validate', '-i', 'one', ...options])
      assert.equal(code, 1)
      assert.match(stdout, /\nCPUTimeOnly\tno\t\tkepler_process_cpu_seconds_total\n[\s\S]*\nThirdParty\tno\t\tx\n/)
      assert.match(stderr, /^Metrics of Kepler 0\.10 and later$/m)
      assert.match(stderr, /^Machines with energy: none$/m)
      assert.match(stderr, /^error: \S+one\.json: no feature group is complete together with an energy source$/m)
    })

    it('names other vocabularies that are there', async () => {
      const cpu = { labels: { instance: 'node-1', mode: 'user' }, values: counter([1, 1, 1]) }
      save('mixed', {
        ...node1,
        ...usage,
        kepler_container_cpu_seconds_total: [cpu],
        kepler_node_cpu_joules_total: [cpu],
      })
      assert.match(
        (await run(['validate', '-i', 'mixed'])).stderr,
        /^Metrics of Kepler 0\.7 to 0\.9; also of Kepler 0\.10 .*: choose with --vocabulary$/m,
      )
    })

    it('says why nothing is extracted of a machine', async () => {
      const once = [{ labels: container('app'), values: [5] }]
      const still = { kepler_container_bpf_cpu_time_ms_total: once, kepler_container_bpf_page_cache_hit_total: once }
      save('still', { ...node1, ...still })
      assert.match((await run(['validate', '-i', 'still'])).stderr, /^rapl-sysfs with BPFOnly: (?!\d+ rows)/m)
    })

    it('writes the table of metrics, by default under the name of the input', async () => {
      writeFileSync(join(folder, 'packed.json.gz'), gzipSync(readFileSync(join(folder, 'one.json'))))
      for (const [args, file] of [
        [['-i', 'packed.json.gz'], 'validate_packed.csv'],
        [['-i', 'one.json'], 'validate_one.csv'],
        [['-i', 'one', '-o', 'mine'], 'mine.csv'],
      ] as const) {
        const { stderr } = await run(['validate', ...args, '--to-csv', '--json'])
        assert.equal(stderr, `written to ${join(folder, file)}\n`)
        const [header, first] = readFileSync(join(folder, file), 'utf8').split('\n')
        assert.equal(
          header,
          'metric,series,samples,from,to,step,empty,single,gaps,resets,notFinite,notNumbers,duplicates,backSteps,example',
        )
        assert.equal(first, 'kepler_container_bpf_cpu_time_ms_total,2,8,1000,1009,3,0,0,0,0,0,0,0,0,')
      }
      save('none', { ...node1, kepler_container_bpf_cpu_time_ms_total: [{ labels: {}, values: [] }] })
      await run(['validate', '-i', 'none', '--to-csv'])
      const rows = readFileSync(join(folder, 'validate_none.csv'), 'utf8')
      assert.match(rows, /^kepler_container_bpf_cpu_time_ms_total,1,0,,,,1,/m)
      assert.match(
        (await run(['validate', '-i', 'none'])).stdout,
        /^kepler_container_bpf_cpu_time_ms_total\t1\t0\t-\t-\t-\t/m,
      )
    })

    it('fits a terminal: numbers to the right, the end left out first', async () => {
      const { stdout } = await run(['validate', '-i', 'one'], 150)
      assert.match(
        stdout,
        /^kepler_node_core_joules_total {19}4 {7}16 {5}3 {2}1970-01-01T00:16:40Z {2}1970-01-01T00:16:49Z$/m,
      )
      assert.match((await run(['validate', '-i', 'two'], 82)).stdout, /^STEP: 3\nFROM: 1970/)
      assert.match((await run(['validate', '-i', 'two', '--wide'], 82)).stdout, /^METRIC .* REMARKS\n/)
    })
  })

  describe('kepler-model extract and isolate', () => {
    it('tell programs files, rows, and what was wrong', async () => {
      const { stdout, stderr } = await run(['extract', '-i', 'two', '--json'])
      const { files, rows, containers, nodeTypes, findings, columns } = JSON.parse(stdout)
      assert.deepEqual(
        files,
        ['extracted_two.csv', 'extracted_two_raw.csv'].map((name) => join(folder, name)),
      )
      assert.deepEqual([rows, containers, nodeTypes, columns.length], [3, 0, [0], 6])
      assert.deepEqual(columns[2], { column: 'package_power', lowest: 40, mean: 60, highest: 80 })
      assert.deepEqual(
        findings.map(({ kind }: { kind: string }) => kind),
        ['other exporter'],
      )
      assert.match(stderr, /^warning: kepler_node_package_joules_total: 1 × other exporter/m)
    })

    it('take one machine, source and node type, and name the dataset', async () => {
      const chosen = ['-e', 'acpi', '--instance', 'node-1', '--node-type', '9', '-o', 'named']
      const { stdout, stderr } = await run(['extract', '-i', 'two', ...chosen])
      assert.match(stdout, /\nplatform_power\t100\t110\t120\n$/)
      assert.match(stderr, /^written to \S+extracted_named\.csv and \S+extracted_named_raw\.csv$/m)
      assert.match(readFileSync(join(folder, 'extracted_named.csv'), 'utf8'), /\n1003,11,5,100,9\n/)
      const isolated = await run(['isolate', '-i', 'two', ...chosen, '--isolator', 'min', '--json'])
      const { files, notes } = JSON.parse(isolated.stdout)
      assert.deepEqual([files, notes], [[join(folder, 'isolated_named.csv')], ['platform_power: 100.000 W is idle']])
      const again = await run(['isolate_from_data', '-i', 'named', '-e', 'acpi', '--isolator', 'none'])
      assert.match(again.stderr, /^written to \S+isolated_named\.csv$/m)
    })
  })

  describe('kepler-model profile', () => {
    it('has the watts of a unit, and what all of them draw in the middle', async () => {
      const { code, stdout, stderr } = await run(['profile', '-i', 'one'])
      assert.equal(code, 0)
      assert.deepEqual(stdout.split('\n'), [
        'SOURCE\tCOMPONENT\tNODE TYPE\tLOWEST W\tHIGHEST W\tUNITS\tBACKGROUND W',
        'rapl-sysfs\tpackage\t0\t20.000\t40.000\t2\t60.000',
        'rapl-sysfs\tcore\t0\t0.000\t0.000\t2\t0.000',
        'rapl-sysfs\tuncore\t0\t0.000\t0.000\t2\t0.000',
        'rapl-sysfs\tdram\t0\t2.000\t4.000\t2\t6.000',
        '',
      ])
      assert.equal(stderr, '2 containers ran: agent, app\n')
    })

    it('is of the machine and the node type that are named, though others have more sources', async () => {
      const { code, stdout, stderr } = await run([
        'profile',
        '-i',
        'two',
        '--instance',
        'node-2',
        '--node-type',
        '3',
        '--json',
      ])
      assert.equal(code, 0, stderr)
      const { power, containers } = JSON.parse(stdout)
      assert.deepEqual(Object.keys(power), ['rapl-sysfs'])
      assert.deepEqual(power['rapl-sysfs'].package, { '3': { lowest: 5, highest: 7, units: 2 } })
      assert.deepEqual(containers, [])
      const unknown = await run(['profile', '-i', 'two', '--instance', 'node-3'])
      assert.equal(unknown.code, 1)
      assert.match(unknown.stderr, /instance "node-3"; there are node-1, node-2/)
    })

    it('is kept, and warns of what it takes no notice of', async () => {
      const { stdout, stderr } = await run(['profile', '-i', 'two', '-o', 'quiet', '--json'])
      assert.equal(readFileSync(join(folder, 'quiet.json'), 'utf8'), stdout)
      assert.match(stderr, /^warning: .* other exporter/m)
      assert.ok(stderr.endsWith(`written to ${join(folder, 'quiet.json')}\n`))
      const other = await run(['profile', '-i', 'one', '--vocabulary', 'kepler-0.10'])
      assert.equal(other.code, 1)
    })

    it('has numbers to the right on a terminal', async () => {
      assert.match(
        (await run(['profile', '-i', 'one'], 100)).stdout,
        /^rapl-sysfs {2}package {12}0 {4}20\.000 {5}40\.000 {6}2 {8}60\.000$/m,
      )
    })
  })
})
