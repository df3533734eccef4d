import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { failureOf, runCli } from '../../../test/support/cli.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { loadUniversalModel } from '../../universal/load-model.js'
import { keplerModelProgram } from '../program.js'

const loads = Array.from({ length: 11 }, (_, u) => 10 * u)
const watts = (idle: number, full: number) => loads.map((load) => (idle + ((full - idle) * load) / 100).toFixed(1))

/** Machines of one family, which draw a watt more at each step and six for each core. */
function machines(count: number): string {
  const rows = Array.from({ length: count }, (_, i) => {
    const chips = 1 + (i % 2)
    const cores = chips * (8 + 4 * (i % 4))
    const idle = 30 * chips + i
    const facts = [`M${i}`, `Intel Xeon E5-26${30 + 10 * (i % 5)} v3`, chips, cores, 2 * cores, 2400, 32 * chips]
    return [...facts, '2015-03-01', ...watts(idle, idle + 6 * cores)].join(',')
  })
  return [`model,cpu,chips,cores,threads,mhz,mem_gb,published,${loads.map((load) => `p${load}`)}`, ...rows].join('\n')
}

describe('curves of many machines', () => {
  const folder = temporaryFolder()
  const own = join(folder, 'own.csv')
  const model = join(folder, 'model.json')
  const table = join(folder, 'machines.csv')
  const run = (...args: string[]) => runCli(keplerModelProgram, ['curve', ...args])
  const fit = (...args: string[]) => run('fit', '--machines', own, '-o', model, ...args)

  before(async () => {
    writeFileSync(own, machines(22))
    writeFileSync(table, 'name,cpu,chips\n"a, b",Intel Xeon E5-2630 v3,1\nc,Intel Xeon E5-2640 v3,2\n')
    assert.equal((await fit('--only')).code, 0)
  })

  describe('kepler-model curve fit', () => {
    it('writes a model of the machines alone, and says of how many', async () => {
      const { code, stdout, stderr } = await fit('--only')
      assert.deepEqual([code, stderr], [0, 'fitting 22 machines, 22 of them yours ...\n'])
      assert.equal(stdout, `22 machines, ${readFileSync(model).length} bytes written to ${model}\n`)
      const { file } = loadUniversalModel(model)
      assert.equal(file.name, `${loadUniversalModel().file.name}+own`)
      assert.deepEqual(file.sources, [{ name: own, note: '22 machines' }])
      assert.equal(file.machines.length, 22)
    })

    it('tells programs the same', async () => {
      const { stdout } = await fit('--only', '--json')
      assert.deepEqual(JSON.parse(stdout), { output: model, machines: 22, own: 22, bytes: readFileSync(model).length })
    })

    it('needs a table and a file, and enough machines', async () => {
      assert.match((await run('fit', '-o', model)).stderr, /required option '--machines <file>'/)
      assert.match((await run('fit', '--machines', own)).stderr, /required option '-o, --output <file>'/)
      const few = join(folder, 'few.csv')
      writeFileSync(few, machines(19))
      const { code, stderr } = await run('fit', '--machines', few, '-o', join(folder, 'none.json'), '--only')
      assert.notEqual(code, 0)
      assert.match(stderr, /at least 20 machines/)
    })
  })

  describe('kepler-model curve --machines', () => {
    const curves = (...args: string[]) => run('--machines', table, '--model', model, ...args)

    it('adds watts and interval to the table, to a tenth, on standard output by default and by -', async () => {
      const { code, stdout, stderr } = await curves()
      assert.deepEqual([code, stderr], [0, ''])
      const [header, first, second, ...rest] = stdout.split('\n')
      const names = ['w', 'lo', 'hi'].flatMap((prefix) => loads.map((load) => `${prefix}${load}`))
      assert.equal(header, ['name', 'cpu', 'chips', ...names].join(','))
      assert.deepEqual(rest, [''])
      assert.ok(first?.startsWith('"a, b",Intel Xeon E5-2630 v3,1,'))
      const numbers = (second ?? '').split(',').slice(3).map(Number)
      assert.equal(numbers.length, 33)
      for (const u of loads.keys()) {
        const [watt, low, high] = [numbers[u]!, numbers[11 + u]!, numbers[22 + u]!]
        assert.ok(low < watt && watt < high)
        assert.equal(watt, Math.round(10 * watt) / 10)
      }
      assert.equal((await curves('-o', '-')).stdout, stdout)
    })

    it('writes a file, and says how many', async () => {
      const output = join(folder, 'curves.csv')
      const { stdout, stderr } = await curves('-o', output)
      assert.deepEqual([stdout, stderr], ['', `2 curves written to ${output}\n`])
      assert.equal(readFileSync(output, 'utf8'), (await curves()).stdout)
    })

    it('prints JSON, and the file too where one is named', async () => {
      const { stdout } = await curves('--json')
      const [first, second] = JSON.parse(stdout)
      assert.deepEqual(first.machine, { processor: 'Intel Xeon E5-2630 v3', chips: 1 })
      assert.deepEqual(
        first.load,
        loads.map((load) => load / 100),
      )
      const row = (await curves()).stdout.split('\n')[2]?.split(',').slice(3).map(Number)
      assert.deepEqual([...second.watts, ...second.low, ...second.high], row)
      const output = join(folder, 'both.csv')
      assert.deepEqual(JSON.parse((await curves('--json', '-o', output)).stdout), [first, second])
      assert.equal(readFileSync(output, 'utf8').split('\n').length, 4)
    })

    it('refuses each option that is of one machine', async () => {
      const options = ['instance', 'point', 'svg', 'processor', 'chips', 'cores', 'threads', 'memory', 'tdp', 'vendor']
      for (const option of [...options, 'year', 'psu', 'form', 'nodes', 'frequency']) {
        const failure = await failureOf(keplerModelProgram, ['curve', '--machines', table, `--${option}`, '1'])
        const { code, field, message } = failure as { code?: string; field?: string; message?: string }
        assert.deepEqual([code, field], ['INVALID_REQUEST', option])
        assert.equal(message, `--${option} is of one machine, --machines has many`)
      }
    })

    it('names the line of a machine that cannot be, and a column that is taken', async () => {
      writeFileSync(join(folder, 'wrong.csv'), 'cpu,chips\nP,1\nP,1000\n')
      const failure = await failureOf(keplerModelProgram, [
        'curve',
        '--machines',
        join(folder, 'wrong.csv'),
        '--model',
        model,
      ])
      const { code, field, message } = failure as { code?: string; field?: string; message?: string }
      assert.deepEqual([code, field], ['INVALID_REQUEST', 'chips'])
      assert.match(message ?? '', /^machines, line 3: .*1000/)
      writeFileSync(join(folder, 'taken.csv'), 'cpu,hi100\nP,1\n')
      const taken = await run('--machines', join(folder, 'taken.csv'), '--model', model)
      assert.deepEqual([taken.code, taken.stdout], [1, ''])
      assert.match(taken.stderr, /taken\.csv has a column "hi100" already/)
    })
  })

  describe('kepler-model curve', () => {
    it('uses the model that is named, and says so', async () => {
      const described = ['--processor', ` Intel Xeon E5-2630 v3${'x'.repeat(90)}`, '--model', model]
      const { title, model: used, sources, rests_on } = JSON.parse((await run(...described, '--json')).stdout)
      assert.equal(title, ` Intel Xeon E5-2630 v3${'x'.repeat(90)}`.trim().slice(0, 80))
      assert.deepEqual([used, sources], [`${loadUniversalModel().file.name}+own`, [{ name: own, note: '22 machines' }]])
      assert.match(rests_on[0].model, /^M\d+$/)
      assert.match((await run(...described)).stdout, new RegExp(`\\nModel \\S+\\+own: ${own}\\.\\n$`))
      assert.equal(
        JSON.parse((await run('--chips', '2', '--model', model, '--json')).stdout).title,
        'the described machine',
      )
    })

    it('says what the interval would be with what is missing, and where the picture is', async () => {
      const svg = join(folder, 'curve.svg')
      const { stdout } = await run('--processor', 'Intel Xeon E5-2630 v3', '--model', model, '--svg', svg)
      assert.ok(stdout.endsWith(`written to ${svg}\n`))
      assert.match(readFileSync(svg, 'utf8'), /<title>Intel Xeon E5-2630 v3: power by load<\/title>/)
      const { narrower_with: narrower } = JSON.parse((await run('--chips', '1', '--model', model, '--json')).stdout)
      for (const value of Object.values<number>(narrower)) assert.equal(value, Math.round(10 * value) / 10)
      assert.ok(Object.keys(narrower).length > 3)
    })
  })
})
