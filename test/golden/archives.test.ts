import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { readModelArchive } from '../../src/archive/read-model-archive.js'
import { replaceEntry } from '../../src/archive/zip/replace-entry.js'
import { predictPower } from '../../src/predictor/power-model.js'

const folder = new URL('../fixtures/archives/', import.meta.url)

/** Every archive in the folder predicts what stands beside it. Adding two files adds a test. */
describe('archives of scikit-learn, XGBoost and curve fits', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.zip'))) {
    it(`${file} predicts what its maker predicts`, () => {
      const { features, x, watts } = JSON.parse(
        readFileSync(new URL(file.replace('.zip', '.expected.json'), folder), 'utf8'),
      )
      const archive = readModelArchive(readFileSync(new URL(file, folder)))
      const tolerance = archive.metadata.model_class === 'xgboost' ? 1e-5 : 1e-9
      const powers: Record<string, number[]> = archive.predict(features, x)
      assert.deepEqual(Object.keys(powers), Object.keys(watts))
      watts.package.forEach((expected: number, i: number) => {
        const ours = powers.package![i]!
        assert.ok(
          Math.abs(ours - expected) <= tolerance * Math.abs(expected),
          `row ${i}: ${ours} instead of ${expected}`,
        )
      })
    })
  }

  it('finds columns by name, in any order, among others', () => {
    const archive = readModelArchive(readFileSync(new URL('LinearRegressionTrainer_0.zip', folder)))
    const straight = archive.predict(['bpf_cpu_time_ms', 'bpf_page_cache_hit', 'cpu_cycles'], [[4000, 7, 1e9]])
    const shuffled = archive.predict(
      ['cpu_cycles', 'unknown', 'bpf_page_cache_hit', 'bpf_cpu_time_ms'],
      [[1e9, 5, 7, 4000]],
    )
    assert.deepEqual(shuffled, straight)
  })

  it('takes a model file that is no list of components for a model of the platform', () => {
    const zip = readFileSync(new URL('LinearRegressionTrainer_0.zip', folder))
    const { metadata, model } = readModelArchive(zip)
    const alone = { ...metadata, model_file: 'package.pkl', fe_files: ['scaler.pkl'] }
    const archive = readModelArchive(replaceEntry(zip, 'metadata.json', Buffer.from(JSON.stringify(alone))))
    assert.deepEqual(archive.components, ['platform'])
    const row = [4000, 7, 1e9]
    assert.deepEqual(
      archive.predict(metadata.features, [row]).platform,
      predictPower(model, metadata.features, [row]).package,
    )
  })

  it('takes the NaN that Python writes for an error that it could not measure', () => {
    const { metadata } = readModelArchive(readFileSync(new URL('LinearRegressionTrainer_0.zip', folder)))
    assert.deepEqual([metadata.mae, metadata.mape, metadata.dram_mae], [1.25, undefined, 0.5])
  })
})
