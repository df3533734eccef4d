import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { recordedIo } from '../../../test/support/cli.js'
import { slot as slotReport } from '../../../test/support/online-trainer-scene.js'
import { dataset } from '../../../test/support/platform-dataset.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { testArchive } from '../../../test/support/test-model.js'
import { readModelArchive } from '../../archive/read-model-archive.js'
import type { Finding } from '../../extract/findings.js'
import type { PowerProvenance } from '../../meter/power-source.js'
import type { Round } from '../../online/status.js'
import type { Series } from '../../prometheus/response.js'
import { addressOf } from './address.js'
import { short, summariseDataset, timeText, warnOfFindings, writeDatasetSummary } from './dataset-report.js'
import { writeEstimate } from './estimate-report.js'
import { writeIsolation } from './isolation-report.js'
import { metricCsv } from './metric-csv.js'
import { reportRound } from './online-report.js'
import { powerSourceLines } from './power-source-lines.js'

const finding: Finding = { metric: 'm', kind: 'counter reset', count: 2, example: '{a="b"} at 3', effect: 'used' }

describe('the summary of a dataset', () => {
  const containers = { containerIds: ['a', 'b', 'a'], nodeTypes: Int32Array.of(7, 0, 7) }
  const three = dataset([4, -2, 1], [10, 20, 60], containers)

  it('has ranges, means, containers and node types', () => {
    assert.deepEqual(summariseDataset(three), {
      ...{ rows: 3, from: 0, to: 6, containers: 2, nodeTypes: [0, 7] },
      columns: [
        { column: 'cpu_time_ms', lowest: -2, mean: 1, highest: 4 },
        { column: 'platform_power', lowest: 10, mean: 30, highest: 60 },
      ],
    })
    const { rows, from, to, containers: none } = summariseDataset(dataset([], []))
    assert.deepEqual([rows, from, to, none], [0, 0, 0, 0])
  })

  it('is a table, with its time beside it', () => {
    const { io, written } = recordedIo()
    writeDatasetSummary(io, summariseDataset(three))
    assert.deepEqual(written, {
      stdout: 'COLUMN\tLOWEST\tMEAN\tHIGHEST\ncpu_time_ms\t-2\t1\t4\nplatform_power\t10\t30\t60\n',
      stderr: '3 rows from 1970-01-01T00:00:00Z to 1970-01-01T00:00:06Z\n',
    })
    const terminal = recordedIo({ columns: 80 })
    writeDatasetSummary(terminal.io, summariseDataset(three))
    assert.match(terminal.written.stdout, /\n\nCOLUMN {10}LOWEST {2}MEAN {2}HIGHEST\n.*\ncpu_time_ms {9}-2 {5}1 {8}4\n/)
  })

  it('has numbers that can be read', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, 0, 1 / 3, 999_999.4, 1e6, -2_345_678]
    assert.deepEqual(values.map(short), ['-', '-', '0', '0.333333', '999999', '1.000e+6', '-2.346e+6'])
    assert.equal(timeText(1.5), '1970-01-01T00:00:01.500Z')
    assert.equal(timeText(1e300), '1e+300')
  })

  it('warns of each finding in a line', () => {
    const { io, written } = recordedIo()
    warnOfFindings(io, [finding, { ...finding, metric: 'n' }])
    const [first, second] = written.stderr.split('\n')
    assert.equal(first, 'warning: m: 2 × counter reset (used), first {a="b"} at 3')
    assert.match(second ?? '', /^warning: n: /)
  })
})

describe('writeIsolation', () => {
  const path = join(temporaryFolder(), 'isolated.csv')
  const isolation = { dataset: dataset([1, 2], [3, 4]), notes: ['a note'], findings: [finding] }

  it('writes the dataset, warns, and reports', async () => {
    const { io, written } = recordedIo()
    await writeIsolation(io, path, isolation)
    assert.equal(readFileSync(path, 'utf8').split('\n')[1], '0,1,3,0')
    assert.match(written.stdout, /^COLUMN\t/)
    assert.deepEqual(written.stderr.trim().split('\n'), [
      'warning: m: 2 × counter reset (used), first {a="b"} at 3',
      'a note',
      '2 rows from 1970-01-01T00:00:00Z to 1970-01-01T00:00:03Z',
      `written to ${path}`,
    ])
  })

  it('tells programs file, rows and notes', async () => {
    const { io, written } = recordedIo()
    await writeIsolation(io, path, isolation, true)
    const { files, rows, notes, columns } = JSON.parse(written.stdout)
    assert.deepEqual([files, rows, notes, columns.length], [[path], 2, ['a note'], 2])
  })
})

describe('metricCsv', () => {
  const series = (labels: Record<string, string>, ...values: number[]): Series => ({
    ...{ metric: 'm', labels, values: Float64Array.from(values) },
    timestamps: Float64Array.from(values, (_, i) => 10 * i),
  })

  it('has a column a label, in order, and a line a sample', () => {
    const text = [...metricCsv('m', [series({ __name__: 'm', b: 'x' }, 1, Number.NaN), series({ a: 'y' }, 2)])].join('')
    assert.equal(text, 'timestamp,a,b,m\n0,,x,1\n10,,x,NaN\n0,y,,2\n')
  })

  it('has no comma too many without labels', () => {
    assert.equal([...metricCsv('m', [series({}, 1)])].join(''), 'timestamp,m\n0,1\n')
  })

  it('quotes what would break a line', () => {
    const lines = ['a,b', 'a"b', 'a\nb', 'a\rb', 'plain'].map((l) => [...metricCsv('m', [series({ l }, 1)])][1])
    assert.deepEqual(lines, ['0,"a,b",1\n', '0,"a""b",1\n', '0,"a\nb",1\n', '0,"a\rb",1\n', '0,plain,1\n'])
  })
})

describe('the report of a round', () => {
  const nothing = { damaged: [], failures: [], findings: [], learned: undefined, dataFrom: 1, dataUntil: 2 }
  const assessment: Round['assessment'] = {
    ...{ ...nothing, guests: undefined, machines: [], servedVersion: 1, candidate: false },
    slots: [slotReport, { ...slotReport, verdict: 'too_soon', fresh: undefined, why: 'later' }],
  }
  const round = (change: Partial<Round>, json = false) => {
    const { io, written } = recordedIo()
    reportRound(io, { outcome: 'published', why: 'better', assessment, ...change }, json)
    return written
  }

  it('has a line for each slot, and what came of it', () => {
    assert.deepEqual(round({}), {
      stdout:
        'MODEL OF\tERROR\tNEW MODEL\tWHY\nacpi/AbsPower/BPFOnly/0\t3.0 %\tbetter\t1.0 % off\nacpi/AbsPower/BPFOnly/0\t-\ttoo soon\tlater\n',
      stderr: 'Published: better\n',
    })
    assert.equal(round({ outcome: 'kept' }).stderr, 'Nothing to publish: better\n')
    assert.equal(round({ assessment: { ...assessment, slots: [] } }).stdout, '')
  })

  it('goes on in the next line where a reason is long', () => {
    const { io, written } = recordedIo({ columns: 70 })
    const slots = [{ ...slotReport, why: 'a reason of many words that has to be broken' }, slotReport]
    const of = { ...nothing, guests: undefined, machines: [], servedVersion: 1, candidate: false, slots }
    reportRound(io, { outcome: 'kept', why: 'x', assessment: of }, false)
    assert.doesNotMatch(written.stdout, /…/)
  })

  it('is JSON for programs, and nothing else', () => {
    const { stdout, stderr } = round({}, true)
    const { outcome, why, slots, dataUntil } = JSON.parse(stdout)
    assert.deepEqual([outcome, why, slots.length, dataUntil, stderr], ['published', 'better', 2, 2, ''])
  })

  it('fails when the round failed, or there is nothing to train on', () => {
    assert.throws(() => round({ outcome: 'failed', why: 'gone' }), { code: 'UNAVAILABLE', message: 'gone' })
    assert.throws(() => round({ outcome: 'waiting', why: 'few' }), {
      ...{ code: 'INVALID_DATA', message: 'nothing is published yet: few' },
    })
  })
})

describe('powerSourceLines', () => {
  const provenance: PowerProvenance = {
    ...{ kind: 'universal', model: 'u-1', calibrationPoints: 0, share: { fraction: 1, origin: 'bare' } },
    assumptions: ['memory 64 GB', 'year 2020'],
  }

  it('say model, share and what was assumed', () => {
    assert.deepEqual(powerSourceLines(provenance), [
      ...['Model         universal: u-1', 'Share         100 % of its host (bare)'],
      ...['Assumed       memory 64 GB', 'Assumed       year 2020'],
    ])
  })

  it('say error and calibration where there are', () => {
    const error = { metric: 'MAE', value: 1.26 } as const
    const lines = (change: Partial<PowerProvenance>) => powerSourceLines({ ...provenance, assumptions: [], ...change })
    assert.deepEqual(lines({ kind: 'trained', error }), ['Model         trained: u-1, MAE 1.3'])
    assert.deepEqual(lines({ kind: 'calibrated', calibrationPoints: 1, share: { fraction: 0.05, origin: 'm5' } }), [
      ...['Model         calibrated: u-1, 1 calibration point', 'Share         5.00 % of its host (m5)'],
    ])
    assert.match(
      lines({ calibrationPoints: 2, share: { fraction: 0.1, origin: '' } }).join(),
      /2 calib.* points.* 10 %/,
    )
  })
})

describe('writeEstimate', () => {
  const estimate = async (rows: number[][], metadata: Record<string, unknown> = {}, columns?: number) => {
    const archive = readModelArchive(await testArchive({ features: ['a', 'b'], metadata }))
    const { io, written } = recordedIo(columns === undefined ? {} : { columns })
    writeEstimate(io, archive, archive.estimate(['a', 'b'], rows), rows.length)
    return written
  }

  it('has watts, bounds, and what is outside, by row', async () => {
    const { stdout, stderr } = await estimate([
      [-1, -2],
      [0, 0],
      [1e6, 3e6],
    ])
    const [header, first, second, third] = stdout.split('\n')
    assert.equal(header, 'ROW\tPACKAGE (W)\tDRAM (W)\tPACKAGE LOWER\tPACKAGE UPPER\tDRAM LOWER\tDRAM UPPER\tOUTSIDE')
    assert.match(
      first ?? '',
      /^0\t10\.000\t10\.000\t[\d.]+\t[\d.]+\t[\d.]+\t[\d.]+\ta -1 cannot be: 0 is used, .*, b -2 c/,
    )
    assert.match(second ?? '', /^1\t10\.000\t10\.000\t.*\t$/)
    assert.match(third ?? '', /^2\t8000010\.000\t.*e\+\d+\t.*\tb 3000000, seen 0 to 1049000$/)
    assert.match(stderr, /^LinearRegressionTrainer_1, MAE 1\.00 W, MAPE 2\.00 %$/m)
    assert.match(stderr, /^90 % of measurements lie between LOWER and UPPER: from the published error/m)
    assert.match(stderr, /^2 of 3 rows outside/m)
  })

  it('says nothing of what is not known', async () => {
    const { stdout, stderr } = await estimate([[1, 2]], { mae: undefined, mape: -1 })
    assert.equal(stdout, 'ROW\tPACKAGE (W)\tDRAM (W)\n0\t16.000\t16.000\n')
    assert.equal(stderr, 'LinearRegressionTrainer_1\n')
  })

  it('leaves bounds out of a narrow terminal', async () => {
    assert.match((await estimate([[1, 2]], {}, 60)).stdout, /^ROW {2}PACKAGE \(W\) {2}DRAM \(W\)/)
    assert.match((await estimate([[1, 2]], {}, 60)).stdout, /not shown: .*PACKAGE LOWER/)
    assert.match((await estimate([[1, 2]], {}, 120)).stdout, /^ {2}0 {7}16\.000 {4}16\.000 {11}13\.9/m)
  })
})

describe('addressOf', () => {
  it('has no credentials, and no slash alone', () => {
    assert.equal(addressOf('http://me:secret@host:9090/'), 'http://host:9090')
    assert.equal(addressOf('https://host/prom?token=x'), 'https://host/prom')
  })
})
