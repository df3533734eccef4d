import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { madeTrainingSet } from '../../test/support/made-training-set.js'
import type { Dataset } from '../extract/dataset.js'
import { modelFiles, modelMetadataCsv, modelRow, placeOf, preprocessedFiles } from './pipeline-files.js'
import type { TrainedModel } from './train-model.js'

const set = madeTrainingSet('BPFOnly')

describe('files of a pipeline', () => {
  const model = (more: Partial<TrainedModel> = {}) => {
    const files = [['metadata.json', '{}']] as const
    const made = { name: 'M_0', trainer: 'SGDRegressorTrainer', metadata: {}, features: [], files, ...more } as const
    return { folder: placeOf(set), set, model: { ...made, zip: Buffer.from('zip') } }
  }

  it('are those of each model in a folder, its zip beside it, and weights where it has some', () => {
    const place = 'rapl-sysfs/AbsPower/BPFOnly/M_0'
    assert.deepEqual([...modelFiles([model()]).keys()], [`${place}/metadata.json`, `${place}.zip`])
    const files = modelFiles([model({ weights: '{"a":1}' })])
    assert.equal(files.get(`${place}/weight.json`), '{"a":1}')
    assert.equal(String(files.get(`${place}.zip`)), 'zip')
  })

  it('are a table of its models, the best first, with lists as Python prints them', () => {
    const common = { model_class: 'c', model_file: 'f', fe_files: [], output_type: 'AbsPower', mape: 1 }
    const components = {
      dram_mae: 5,
      package_mape: 7,
      package_mae: 6,
      cv_package_mae: 9,
      dram_mae_note: 2,
      dram_mape_note: 2,
      other: 1,
    }
    const rows = [
      modelRow({ ...common, model_name: 'worse', features: ['a', 'b'], mae: 10, trainer: null }, 'Basic'),
      modelRow({ ...common, model_name: 'better', features: ['a'], mae: 9, cv_mae: 3, ...components }, 'BPFOnly'),
    ]
    const [head, ...lines] = modelMetadataCsv(rows).trimEnd().split(/\r?\n/)
    assert.equal(
      head,
      'model_name,model_class,model_file,features,fe_files,output_type,mae,mape,dram_mae,package_mae,package_mape,' +
        'trainer,node_type,feature_group,cv_mae,cv_mape,workload_mae,workload_mape',
    )
    assert.deepEqual(lines, [
      "better,c,f,['a'],[],AbsPower,9,1,5,6,7,,,BPFOnly,3,,,",
      `worse,c,f,"['a', 'b']",[],AbsPower,10,1,,,,,,Basic,,,,`,
    ])
  })

  it('are the rows that models learnt from', () => {
    const one = Float64Array.of(1)
    const dataset = {
      ...{ source: 'acpi', outputType: 'AbsPower', rows: 1, timestamps: Float64Array.of(60), ratios: [] },
      ...{ nodeTypes: Int32Array.of(0), features: [{ name: 'f', values: one }] },
      powers: [{ component: 'platform', values: Float64Array.of(7) }],
    } as unknown as Dataset
    const [[name, text] = []] = [...preprocessedFiles([{ fileName: 'a.csv', dataset }])]
    assert.equal(name, 'preprocessed_data/a.csv')
    const [head = '', line = '', ...more] = String(text).trimEnd().split(/\r?\n/)
    assert.ok(head.split(',').includes('f') && line.split(',').includes('7'))
    assert.deepEqual(more, [])
  })
})
