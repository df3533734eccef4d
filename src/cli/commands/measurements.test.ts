import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { container, counter, raplEnergy, responseText } from '../../../test/fixtures/response.js'
import { type CliRun, runCli } from '../../../test/support/cli.js'
import { keplerModelProgram } from '../program.js'

const measured = {
  ...raplEnergy({ package: [40, 60, 80], dram: [4, 6, 8] }),
  kepler_container_bpf_cpu_time_ms_total: [
    { labels: container('app'), values: counter([10, 20, 30]) },
    { labels: container('agent'), values: counter([1, 1, 1]) },
  ],
  kepler_container_bpf_page_cache_hit_total: [{ labels: container('app'), values: counter([5, 5, 5]) }],
}
const idle = {
  ...raplEnergy({ package: [20, 24], dram: [2, 2] }),
  kepler_container_bpf_cpu_time_ms_total: [{ labels: container('agent'), values: counter([1, 1]) }],
}

describe('commands on measurements', () => {
  let folder: string
  const file = (name: string) => readFile(join(folder, name), 'utf8')
  const run = (...args: string[]): Promise<CliRun> =>
    runCli(keplerModelProgram, args, { environment: { DATAPATH: folder } })

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'data-'))
    await writeFile(join(folder, 'loaded.json'), responseText(measured))
    await writeFile(join(folder, 'idle.json'), responseText(idle))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('extract writes the dataset and what it was made of', async () => {
    const { code, stdout, stderr } = await run('extract', '-i', 'loaded', '-o', 'mine')
    assert.equal(code, 0)
    assert.doesNotMatch(stderr, /warning|error/)
    assert.match(stdout, /^COLUMN\tLOWEST\tMEAN\tHIGHEST\nbpf_cpu_time_ms\t/)
    assert.match(stderr, /3 rows from 1970-01-01T00:16:43Z/)
    assert.equal(
      await file('extracted_mine.csv'),
      'timestamp,bpf_cpu_time_ms,bpf_page_cache_hit,package_power,core_power,uncore_power,dram_power,node_type,packge_ratio_package\n' +
        '1003,11,5,40,0,0,4,0,1\n1006,21,5,60,0,0,6,0,1\n1009,31,5,80,0,0,8,0,1\n',
    )
    assert.match(
      await file('extracted_mine_raw.csv'),
      /^timestamp,kepler_container_bpf_cpu_time_ms_total,.*\n1000,0,0,400,/,
    )
  })

  it('extract takes the spellings of the original and prints JSON for programs', async () => {
    const { stdout } = await run('extract', '-i', 'loaded.json', '-ot', 'DynPower', '-fg', 'BPFOnly', '--json')
    const { rows, containers, files } = JSON.parse(stdout)
    assert.deepEqual([rows, containers, files[0]], [6, 2, join(folder, 'extracted_loaded.csv')])
  })

  it('extract says what is missing and writes nothing', async () => {
    const { code, stderr } = await run('extract', '-i', 'loaded', '-fg', 'Basic')
    assert.equal(code, 1)
    assert.match(stderr, /^error: metric kepler_container_cache_miss_total is missing; the response has kepler_/)
    await writeFile(join(folder, 'cut.json'), responseText(measured).slice(0, 2000))
    assert.match((await run('extract', '-i', 'cut')).stderr, /cut\.json: .* cut off in "kepler_\w+" .*at byte 2000/)
    const missing = await run('extract', '-i', 'nowhere')
    assert.equal(missing.code, 2)
    assert.match(missing.stderr, /there is no file "nowhere"; looked for\n {2}\S+nowhere\.json\n/)
    assert.equal((await run('extract', '-i', 'loaded', '-e', '../sun')).code, 2)
    assert.deepEqual((await readdir(folder)).sort(), ['cut.json', 'idle.json', 'loaded.json'])
  })

  it('validate shows what can be trained, and fails when nothing can', async () => {
    const { code, stdout, stderr } = await run('validate', '-i', 'loaded', '--to-csv')
    assert.equal(code, 0)
    assert.match(stdout, /kepler_container_bpf_cpu_time_ms_total\t2\t8\t3\t/)
    assert.match(stdout, /BPFOnly\tyes\t/)
    assert.match(stdout, /CounterOnly\tno\t\tkepler_container_cache_miss_total, /)
    assert.match(stderr, /Machines with energy: node-1 \{instance=node-1\}/)
    assert.match(await file('validate_loaded.csv'), /^metric,series,samples,/)
    const { code: failed, stdout: json } = await run('validate', '-i', 'idle', '--json')
    assert.equal(failed, 1)
    assert.equal(JSON.parse(json).usable, false)
  })

  it('validate counts what is wrong with samples and shows where', async () => {
    const labels = container('x')
    await writeFile(
      join(folder, 'bad.json'),
      responseText({
        kepler_container_bpf_cpu_time_ms_total: [
          { labels, values: [0, 5, 3, 'NaN', 'watt', 9], times: [0, 3, 6, 9, 12, 30] },
          { labels, values: [1] },
          { labels, values: [] },
          { labels, values: [1, 2, 3], times: [10, 10, 7] },
        ],
      }),
    )
    const [report] = JSON.parse((await run('validate', '-i', 'bad', '--json')).stdout).metrics
    const { gaps, resets, notFinite, notNumbers, single, empty, duplicates, backSteps, example } = report
    assert.deepEqual(
      { gaps, resets, notFinite, notNumbers, single, empty, duplicates, backSteps },
      { gaps: 1, resets: 1, notFinite: 1, notNumbers: 1, single: 1, empty: 1, duplicates: 1, backSteps: 1 },
    )
    assert.match(example, /container_name=x/)
  })

  it('query refuses an end that is not after its start', async () => {
    const { code, stderr } = await run('query', '--start-time', '2000', '--end-time', '1000', '--step', '3')
    assert.equal(code, 2)
    assert.match(stderr, /--end-time 1970-01-01T00:16:40Z is not after --start-time 1970-01-01T00:33:20Z/)
  })

  it('profile keeps what an idle node draws, and isolate takes it away', async () => {
    const { stdout, stderr } = await run('profile', '-i', 'idle', '-o', 'quiet')
    assert.match(stdout, /rapl-sysfs\tpackage\t0\t10\.000\t12\.000\t2\t22\.000/)
    assert.match(stderr, /1 container ran: agent/)
    for (const profile of ['quiet', 'idle']) {
      const { code, stderr: notes } = await run(
        'isolate',
        '-i',
        'loaded',
        '--isolator',
        'profile',
        '--profile',
        profile,
      )
      assert.equal(code, 0)
      assert.match(notes, /1 of 2 containers are background/)
      const [header, first] = (await file('isolated_loaded.csv')).split('\n')
      assert.match(header!, /^timestamp,id,bpf_cpu_time_ms,bpf_page_cache_hit,package_power/)
      assert.equal(first, '1003,all containers,10,5,18,0,0,2,0,1')
    }
  })

  it('isolate_from_data reads what extract wrote', async () => {
    await run('extract', '-i', 'loaded', '-o', 'mine')
    const { code } = await run('isolate_from_data', '-i', 'mine', '--isolator', 'min')
    assert.equal(code, 0)
    assert.match(await file('isolated_mine.csv'), /\n1003,all containers,11,5,0,0,0,0,0,1\n/)
    const needs = await run('isolate_from_data', '-i', 'mine', '--isolator', 'profile', '--profile', 'idle')
    assert.match(needs.stderr, /needs data per container \(extract for DynPower\)/)
    await run('extract', '-i', 'loaded', '-o', 'rows', '-ot', 'DynPower')
    const hints = await run(
      'isolate_from_data',
      '-i',
      'rows',
      '--isolator',
      'profile',
      '--profile',
      'idle',
      '--bg-hints',
      'app',
    )
    assert.match(hints.stderr, /2 of 2 containers are background/)
  })

  it('isolate says what its isolator lacks', async () => {
    assert.match((await run('isolate', '-i', 'loaded', '--isolator', 'profile')).stderr, /needs --profile/)
    assert.match(
      (await run('isolate', '-i', 'loaded', '--isolator', 'best')).stderr,
      /unknown isolator "best"; there are auto, none, min/,
    )
  })

  describe('query', () => {
    let server: Server
    let authorization: string | undefined
    beforeEach(async () => {
      server = createServer((request, response) => {
        authorization = request.headers.authorization
        const query = new URL(request.url ?? '', 'http://test').searchParams.get('query')
        response.setHeader('content-type', 'application/json')
        if (query === null) return response.end('{"status":"success","data":["kepler_a","mine","up"]}')
        const series = {
          metric: { __name__: query, pod: 'a,b' },
          values: [
            [1000, '1'],
            [1003, 'NaN'],
          ],
        }
        return response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [series] } }))
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    })
    afterEach(() => new Promise((resolve) => server.close(resolve)))

    it('saves a response and, when asked, a CSV for each metric', async () => {
      await writeFile(join(folder, 'token'), 'geheim\n')
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const { code, stdout, stderr } = await run(
        ...['query', '-s', url, '-o', 'new', '--start-time', '1000', '--end-time', '1003', '-tm', 'mine'],
        ...['--to-csv', '--bearer-token-file', join(folder, 'token')],
      )
      assert.deepEqual([code, stderr, authorization], [0, '', 'Bearer geheim'])
      assert.match(stdout, /2 metrics from 1970-01-01T00:16:40Z to 1970-01-01T00:16:43Z every 3 s/)
      assert.deepEqual(Object.keys(JSON.parse(await file('new.json'))), ['kepler_a', 'mine'])
      assert.equal(await file('mine.csv'), 'timestamp,pod,mine\n1000,"a,b",1\n1003,"a,b",NaN\n')
    })

    it('names a wrong time, a wrong server and a missing token file', async () => {
      assert.match((await run('query', '--start-time', 'noon')).stderr, /"noon" is no time/)
      assert.equal((await run('query', '-s', 'ftp://x')).code, 2)
      assert.match((await run('query', '--bearer-token-file', join(folder, 'none'))).stderr, /none cannot be read/)
    })
  })
})
