import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ModelEntry } from '../registry/model-entry.js'
import type { Pipeline } from '../registry/pipeline.js'
import type { PipelineStore } from '../registry/store/pipeline-store.js'
import { collectTimeOf, databaseTime, rawDataOf } from './collect-time.js'
import { errorReport } from './error-report.js'
import { publishableModels } from './exported-models.js'
import { markdownTable, markdownText } from './markdown.js'
import { pipelineMetadata } from './pipeline-metadata.js'
import { type PipelineDescription, pipelinePage, pipelineReadme, versionReadme } from './pipeline-pages.js'
import { whyUnpublishable } from './publishable.js'

const storeOf = (files: Readonly<Record<string, string>>) =>
  ({
    origin: 'mine.zip',
    list: () => Object.keys(files),
    read: (path: string) => Buffer.from(files[path] ?? ''),
  }) as unknown as PipelineStore
const csv = (time: number | string, header = 'a,timestamp') => `${header}\n7,${time}\n`

describe('when a pipeline was measured', () => {
  const collected = (...texts: string[]) =>
    collectTimeOf(storeOf(Object.fromEntries(texts.map((text, i) => [`preprocessed_data/${i}.csv`, text]))))

  it('is the earliest first row of its datasets', () => {
    assert.equal(databaseTime(Date.parse('2024-08-14T07:11:03.9Z')), '2024-08-14 07:11:03')
    assert.equal(collected(csv(1_700_000_003), csv(1_700_000_000)), '2023-11-14 22:13:20')
    assert.equal(collected('timestamp,a\r\n1700000000,7\r\n'), '2023-11-14 22:13:20')
  })

  it('is not known without dates', () => {
    for (const text of ['', 'a,b\n1,2', csv('x'), csv(946_684_799), csv(1e11), 'timestamp'])
      assert.equal(collected(text), undefined)
    assert.equal(collected(csv(946_684_800)), '2000-01-01 00:00:00')
    assert.equal(collected(), undefined)
  })

  it('is told by the files of its datasets alone', () => {
    const names = [
      'preprocessed_data/b.csv',
      'preprocessed_data/a.csv',
      'preprocessed_data/x/a.csv',
      'preprocessed_data/a.json',
      'a.csv',
      'x/preprocessed_data/a.csv',
      'preprocessed_data/a.csv.gz',
    ]
    const files = Object.fromEntries(names.map((name) => [name, '']))
    assert.deepEqual(rawDataOf(storeOf(files)), ['preprocessed_data/a.csv', 'preprocessed_data/b.csv'])
  })
})

const numbers = (values: Readonly<Record<string, number>>) => {
  const keys = Object.keys(values)
  return { keys, values: Float64Array.from(keys, (key) => values[key]!) }
}
const entry = (name: string, more: object = {}): ModelEntry => {
  const {
    group = 'BPFOnly',
    mae,
    mape,
    ...rest
  } = { mae: 1, mape: 5, ...more } as { group?: string; mae: number; mape: number }
  const folder = { source: 'acpi', outputType: 'AbsPower', featureGroup: group, path: `acpi/AbsPower/${group}` }
  return {
    name,
    folder,
    nodeType: 0,
    trainer: 'T',
    features: [],
    archive: {},
    loadableByOriginal: true,
    numbers: numbers({ mae, mape }),
    ...rest,
  } as unknown as ModelEntry
}

describe('the gate of the model database', () => {
  it('lets pass who is good by one error and not hopeless by the other', () => {
    const why = (mae: number | undefined, mape: number | undefined) =>
      whyUnpublishable(numbers({ ...(mae !== undefined && { mae }), ...(mape !== undefined && { mape }) }) as never)
    for (const [mae, mape] of [
      [10, 100],
      [100, 20],
      [10, undefined],
      [undefined, 20],
      [0, 0],
    ] as const) {
      assert.equal(why(mae, mape), undefined)
    }
    for (const [mae, mape, message] of [
      [undefined, undefined, 'its error is not known'],
      [100.1, 1, 'its MAE of 100.1 W is above 100'],
      [1, 100.1, 'its MAPE of 100.1 % is above 100'],
      [10.1, 20.1, 'its MAE of 10.1 W is above 10, and its MAPE of 20.1 % above 20'],
      [10.1, undefined, 'its MAE of 10.1 W is above 10, and its MAPE is not known'],
      [undefined, 20.1, 'its MAE is not known, and its MAPE of 20.1 % above 20'],
    ] as const) {
      assert.equal(why(mae, mape), message)
    }
  })

  it('says of each model that is left out why, and has the others in order', () => {
    const entries = [
      entry('B_0'),
      entry('A_0'),
      entry('C_0', { group: 'a b' }),
      entry('E_0', { loadableByOriginal: false }),
      entry('F_0', { mae: 50, mape: 50 }),
    ]
    const chosen = (onlyForOriginal: boolean) => publishableModels({ entries } as unknown as Pipeline, onlyForOriginal)
    assert.deepEqual(
      chosen(true).models.map(({ name }) => name),
      ['A_0', 'B_0'],
    )
    assert.deepEqual(
      chosen(false).models.map(({ name }) => name),
      ['A_0', 'B_0', 'E_0'],
    )
    assert.deepEqual(
      chosen(true).leftOut.map(({ model, why }) => [model, why.split(' ').slice(0, 3).join(' ')]),
      [
        ['acpi/AbsPower/BPFOnly/E_0', "the original's Python"],
        ['acpi/AbsPower/BPFOnly/F_0', 'its MAE of'],
        ['acpi/AbsPower/a b/C_0', 'its feature group'],
      ],
    )
  })
})

describe('Markdown', () => {
  it('has tables, and text of others that can be nothing else', () => {
    assert.equal(
      markdownTable(
        ['a', 'b'],
        [
          [1, null],
          ['x', undefined],
        ],
      ),
      '| a | b |\n| --- | --- |\n| 1 |  |\n| x |  |',
    )
    assert.equal(markdownText('a\r\n\u200bb'), 'a b')
    assert.equal(markdownText('<b>[x](y)|`*\\&'), '&#60;b&#62;&#91;x&#93;(y)&#124;&#96;&#42;&#92;&#38;')
    assert.deepEqual([markdownText(undefined), markdownText(7), markdownText('x'.repeat(301)).length], ['', '7', 300])
  })
})

describe('the error report of a node type', () => {
  const type = {
    id: 0,
    spec: { processor: 'a|b', cores: 8.2, chips: 1, memory: 16, frequency: 2000 },
    members: 1,
  } as never
  const report = errorReport(
    type,
    [
      entry('A_0', { mae: 2.345, mape: 7.89 }),
      entry('B_0', { mae: 1.234, mape: 5.67, weights: {} }),
      entry('C_1', { mae: 0.1, mape: 0.1, nodeType: 1 }),
      entry('D_0', { mae: 3, mape: Number.NaN, group: 'Basic' }),
      entry('E_0', { mae: Number.NaN, group: 'Full' }),
    ],
    'https://h/p',
  )
  const section = (title: string, way: string) =>
    report.split(`## ${way}`)[1]!.split(`### ${title}`)[1]!.split('###')[0]!.trim()

  it('has the machine, and the best of each group in both ways of use', () => {
    assert.match(
      report,
      /^# Validation results on node type 0\n\n\| processor \| cores \| chips \| memory \| frequency \|/,
    )
    assert.ok(report.includes('| a&#124;b | 8 | 1 | 16 | 2000 |'))
    assert.ok(report.includes('[With sidecar estimator](#with-sidecar-estimator)'))
    const sidecar = section('acpi AbsPower model', 'With sidecar estimator')
    assert.ok(sidecar.includes('| BPFOnly | B_0 | 1.23 | 5.7 | https://h/p/acpi/AbsPower/BPFOnly/B_0.zip |'))
    assert.ok(sidecar.includes('| Basic | D_0 | 3.00 | - |'))
    assert.ok(!sidecar.includes('Full'), 'nobody knows how far it errs')
    const local = section('acpi AbsPower model', 'With local estimator')
    assert.ok(local.includes('B_0.json |') && !local.includes('Basic'))
  })

  it('has a section of each source and output type, also of those without models', () => {
    assert.equal(section('acpi DynPower model', 'With local estimator'), 'No model available')
    for (const source of ['acpi', 'hmc', 'rapl-msr', 'rapl-sysfs', 'redfish', 'trained_power_model']) {
      assert.equal(report.split(`### ${source} AbsPower model`).length, 3)
    }
    const other = errorReport(type, [entry('A_0', { folder: { ...entry('x').folder, source: 'mine' } })], 'u')
    assert.ok(
      other.indexOf('### mine AbsPower') > other.indexOf('### hmc') &&
        other.indexOf('### mine AbsPower') < other.indexOf('### rapl-msr'),
    )
  })
})

describe('the pages of a pipeline', () => {
  const description: PipelineDescription = {
    ...{ name: 'std', publisher: undefined, collectTime: undefined, lastUpdateTime: '2024-01-01 00:00:00' },
    ...{ isolator: 'min', extractor: undefined, absTrainers: ['A', 'B', 'A'], dynTrainers: ['A', 'B'] },
  }

  it('list its node types and pictures, those of a heading together', () => {
    const nodeTypes = [{ id: 3, spec: { processor: 'p', cores: 4 }, members: 2 }] as never
    const pictures = [
      { file: 'a.png', heading: 'One' },
      { file: 'b.png', heading: 'One' },
      { file: 'c.1.svg', heading: 'Two' },
    ]
    const readme = pipelineReadme(description, 'v0.7', nodeTypes, pictures)
    assert.match(
      readme,
      /^# std on v0\.7 Build\n\nMAE Threshold = 10, MAPE Threshold = 20%\n\nAvailable Node Type: 1\n\n/,
    )
    assert.ok(readme.includes('| 3 | p | 4 |  |  |  | 2 | [link](./error_report/node_type_3.md) |'))
    assert.ok(readme.endsWith('## One\n\n![a](a.png)\n\n![b](b.png)\n\n## Two\n\n![c.1](c.1.svg)\n'))
  })

  it('say how it was made, and keep what people wrote', () => {
    const first = pipelinePage(description, undefined)
    assert.ok(first.startsWith('\n# Pipeline std\n\n## Description\n\nTo be described.\n\n## Components\n'))
    assert.ok(first.includes('- **Extractor:** unknown\n- **Isolator:** min\n'))
    assert.ok(first.includes('  - A\n  - B\n') && first.includes('  (same as AbsPower Trainers)'))
    assert.ok(first.endsWith('## Workload information\n\nTo be described.\n'))
    const written = first.replace('To be described.', 'Ours.').replace('min', 'old')
    assert.equal(pipelinePage(description, written), first.replace('To be described.', 'Ours.'))
    for (const page of ['free text', '## Components only', '## Workload information\n## Components']) {
      assert.equal(pipelinePage(description, page), page)
    }
    const begin = '## Components\nold\n## Workload information\nOurs.\n'
    assert.match(
      pipelinePage(description, begin),
      /^## Components\n\n- \*\*Extractor[\s\S]*\n## Workload information\nOurs\.\n$/,
    )
    const other = pipelinePage({ ...description, dynTrainers: ['C'], isolator: undefined }, undefined)
    assert.ok(other.includes('  - C\n') && !other.includes('same as') && other.includes('**Isolator:** unknown'))
  })

  it('have a line in the list of their version, in its place or at the end', () => {
    const line = '[std](./.doc/std.md)||2024-01-01 00:00:00||[link](./std)'
    const fresh = versionReadme(description, 'v0.7', undefined)
    assert.equal(
      fresh,
      `# v0.7 Build\n\npipeline|collect time|last update time|publisher|models\n---|---|---|---|---|\n${line}\n`,
    )
    const before = '# x\n[std](old)|1\n[other](x)|2\n\n\n'
    assert.equal(versionReadme(description, 'v', before), `# x\n${line}\n[other](x)|2\n`)
    assert.equal(versionReadme(description, 'v', '[std](old)|1\n'), `${line}\n`)
    assert.equal(versionReadme(description, 'v', '# x\n[std2](y)\n'), `# x\n[std2](y)\n${line}\n`)
    const published = versionReadme({ ...description, publisher: 'me', collectTime: '2023' }, 'v', '# x\n')
    assert.ok(published.endsWith('|2023|2024-01-01 00:00:00|[me](https://github.com/me)|[link](./std)\n'))
  })

  it('read what the pipeline says of itself', () => {
    const read = (text: string) => pipelineMetadata(storeOf({ 'metadata.json': text }))
    assert.equal(read('{"isolator": null, "other": 7}').other, 7)
    for (const [text, key] of [
      ['{"isolator": 7}', 'isolator'],
      ['{"abs_trainers": [7]}', 'abs_trainers.0'],
      ['[]', ''],
    ] as const) {
      const message = new RegExp(`^mine\\.zip: metadata\\.json: ${key.replace('.', '\\.')}: `)
      assert.throws(() => read(text), { code: 'INVALID_ARCHIVE', message })
    }
  })
})
