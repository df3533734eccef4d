import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { recordedIo } from '../../../test/support/cli.js'
import { pipelineFiles, writeFiles, zipOf } from '../../../test/support/pipeline-fixture.js'
import { reportPipeline } from '../../../test/support/report-scene.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import type { Chart } from '../../plot/chart.js'
import { metadataChart } from '../../plot/charts/metadata-chart.js'
import { pipelineVersions } from '../../online/versions/versions.js'
import { loadPipeline } from '../../registry/load-pipeline.js'
import { drawOptions, drawPlot, pictureFile, picture } from './draw-plot.js'
import { exportPictures } from './export-pictures.js'
import { measuredDataset, namedInput } from './measured.js'
import { makePlot, plotNamed, plotNames, plotSummary } from './plot-kinds.js'
import type { PlotContext, PlotOptions } from './plot-options.js'

const options: PlotOptions = {
  ...{ pipelineName: 'p', error: 'mae', extractor: 'default', theme: 'light', width: '860', scale: '2' },
  isolator: 'auto',
}
const context = (of: Partial<PlotOptions> = {}, settings: Record<string, string> = {}): PlotContext => {
  const { io } = recordedIo()
  return { io, config: io.loadConfig(settings), options: { ...options, ...of } }
}

describe('pictures', () => {
  const chart: Chart = metadataChart('p', 'mae', [])
  const folder = temporaryFolder()

  it('have a size within limits', () => {
    const given = (of: object) => drawOptions({ theme: 'dark', width: '860', scale: '2', ...of })
    assert.deepEqual(given({}), { theme: 'dark', width: 860, scale: 2 })
    for (const [option, least, most] of [
      ['width', '300', '4000'],
      ['scale', '0.5', '4'],
    ] as const) {
      for (const text of [least, most]) assert.equal(given({ [option]: text })[option], Number(text))
      const message = (text: string) => `--${option} ${JSON.stringify(text)}: a number from ${least} to ${most}`
      for (const text of [String(Number(least) - 0.1), String(Number(most) + 0.1), '', ' ', 'x']) {
        assert.throws(() => given({ [option]: text }), {
          code: 'INVALID_REQUEST',
          field: option,
          message: message(text),
        })
      }
    }
  })

  it('are SVG or PNG by the ending of their name', () => {
    assert.deepEqual(
      ['a', 'a.svg', 'a.PNG', 'v0.7', 'a.x', 'a.abcdef'].map((name) => pictureFile('/d', name)),
      [...['/d/a.svg', '/d/a.svg', '/d/a.PNG', '/d/v0.7.svg', '/d/a.x.svg', '/d/a.abcdef.svg']],
    )
    assert.equal(pictureFile('/d', './a.png'), './a.png')
    for (const name of ['a.pdf', 'a.jpeg', 'a.js']) {
      assert.throws(() => pictureFile('/d', name), { code: 'INVALID_REQUEST', field: 'output' })
    }
  })

  it('are drawn as what the file is called', async () => {
    const drawing = { theme: 'light', width: 300, scale: 0.5 } as const
    assert.match(String(await picture(chart, drawing, false)), /^<svg/)
    const [png, svg] = [join(folder, 'new', 'a.PNG'), join(folder, 'a.svg')]
    await drawPlot(png, chart, drawing)
    await drawPlot(svg, chart, drawing)
    assert.equal(readFileSync(png).readUInt32BE(16), 150)
    assert.match(readFileSync(svg, 'utf8'), /width="300"/)
  })

  it('of an export are of each source and output type, errors and curves where there are any', async () => {
    const { path, pipeline } = await reportPipeline([
      { name: 'LinearRegressionTrainer_0', folder: 'acpi/DynPower/BPFOnly', metadata: { mae: undefined } },
    ])
    // An archive that cannot be read has errors, and no curve.
    writeFiles(path, pipelineFiles([{ name: 'A_0' }]))
    const all = await loadPipeline({ ...pipeline, path, kind: 'folder' })
    const pictures = await exportPictures(all, all.entries)
    assert.deepEqual(
      pictures.map(({ file, heading }) => `${file} of ${heading}`),
      [
        'acpi_DynPower_power_curve.png of acpi (DynPower)',
        'rapl-sysfs_AbsPower_model_metadata.png of rapl-sysfs (AbsPower)',
      ],
    )
    for (const { content } of pictures) assert.equal(Buffer.from(content).toString('latin1', 1, 4), 'PNG')
  })
})

describe('kinds of plots', () => {
  it('have a name in either spelling, and the nearest one for what is none', () => {
    assert.equal(plotNames.length, 8)
    assert.equal(plotNamed('power-curve'), 'power_curve')
    for (const name of plotNames) assert.ok(plotSummary(plotNamed(name)).length > 10)
    assert.throws(() => plotNamed('drif'), {
      code: 'INVALID_REQUEST',
      field: 'what',
      message: /"drif"; did you mean drift\? there are pre/,
    })
    assert.throws(() => plotNamed('toString'), { field: 'what', message: /no plot "toString"; there are preprocess, / })
  })

  it('name the measurements that they need', async () => {
    assert.equal(namedInput(context({ input: 'x' }), 'estimate'), 'x')
    assert.throws(() => namedInput(context(), 'estimate'), {
      code: 'INVALID_REQUEST',
      field: 'input',
      message: /^plot estimate needs/,
    })
    await assert.rejects(makePlot('isolation', context()), { field: 'input', message: /^plot isolation needs/ })
    await assert.rejects(makePlot('residuals', context()), { field: 'input', message: /^plot residuals needs/ })
  })

  it('name the error that no model has, and those that there are', async () => {
    const path = temporaryFolder()
    writeFiles(path, pipelineFiles([{ name: 'A_0', metadata: { package_mae: 1, core_mae: 1, complexity: 3 } }]))
    const refused = (error: string, message: RegExp) =>
      assert.rejects(makePlot('metadata', context({ error, pipelineName: path })), {
        code: 'INVALID_REQUEST',
        field: 'error',
        message,
      })
    await refused(
      'package_mea',
      /has "package_mea"; did you mean package_mae\? there are core_mae, mae, mape, package_mae$/,
    )
    await refused('beauty', /has "beauty"; there are core_mae, mae, mape, package_mae$/)
  })

  it('of a drift say where nothing was published', async () => {
    const models = temporaryFolder()
    const failure = makePlot('drift', context({ pipelineName: 'mine' }, { MODEL_PATH: models }))
    await assert.rejects(failure, { code: 'INVALID_REQUEST', field: 'pipeline-name', reason: 'file_not_found' })
    const path = makePlot('drift', context({ pipelineName: './mine' }, { MODEL_PATH: models }))
    await assert.rejects(path, { code: 'INVALID_REQUEST', field: 'pipeline-name' })
  })

  it('of a drift are of what was published and taken back', async () => {
    const models = temporaryFolder()
    const versions = pipelineVersions(models, 'mine', 3)
    for (const version of [1, 2]) {
      const zip = zipOf(pipelineFiles([{ name: 'A_0' }]))
      writeFiles(dirname(versions.candidatePath), { [basename(versions.candidatePath)]: zip })
      await versions.publish(version)
      const time = new Date(version * 1e9).toISOString()
      await versions.log({ time, action: 'published', version, why: 'x' })
      for (const why of ['y', 'z']) await versions.log({ time, action: 'rolled-back', version, why })
    }
    const { data } = await makePlot('drift', context({ pipelineName: 'mine' }, { MODEL_PATH: models }))
    assert.match(JSON.stringify(data), /^\{"over_time":null,"history":\{.*"versions":\[\{/)
  })

  it('read a dataset as what the options say it is', async () => {
    const folder = temporaryFolder()
    writeFiles(folder, { 'rows.csv': 'timestamp,bpf_cpu_time_ms,platform_power,node_type\n1,2,3,0\n' })
    const of = context({ energySource: 'acpi' }, { DATAPATH: folder })
    const { dataset, findings, isolator } = await measuredDataset(of, 'rows.csv')
    assert.deepEqual([dataset.source, dataset.outputType, findings, isolator], ['acpi', 'AbsPower', [], undefined])
    const dynamic = context({ energySource: 'acpi', outputType: 'DynPower' }, { DATAPATH: folder })
    assert.equal((await measuredDataset(dynamic, 'rows.csv')).dataset.outputType, 'DynPower')
    await assert.rejects(measuredDataset(context({}, { DATAPATH: folder }), 'rows.csv'), { code: 'INVALID_DATA' })
  })
})
