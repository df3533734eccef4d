import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { type ModelArchive, readModelArchive } from '../../src/archive/read-model-archive.js'
import { fileSource } from '../../src/archive/zip/byte-source.js'
import { openZip, type Zip } from '../../src/archive/zip/zip.js'

const data = '../shared/data'
const skip = existsSync(data) ? false : `${data} is not here`

interface Expected {
  readonly archive: string
  readonly features: readonly string[]
  readonly x: readonly (readonly number[])[]
  readonly watts: Readonly<Record<string, readonly (number | null)[]>>
}

const pipelines = [
  { name: 'ec2-0.7.11', models: 298, expected: 'predictions-ec2.json' },
  { name: 'specpower-0.7.11', models: 5151, expected: 'predictions-specpower.json' },
]

for (const { name, models, expected } of pipelines) {
  describe(`published pipeline ${name}`, { skip }, () => {
    let zip: Zip
    const open = (): Zip => {
      zip ??= openZip(fileSource(`${data}/model-db/${name}.zip`))
      return zip
    }
    const read = (path: string): ModelArchive => readModelArchive(open().read(path))

    it(`reads all ${models} archives`, () => {
      const paths = [...open().entries.keys()].filter((path) => path.endsWith('.zip'))
      assert.equal(paths.length, models)
      for (const path of paths) {
        const archive = read(path)
        assert.ok(path.endsWith(`/${archive.metadata.model_name}.zip`))
        const powers = archive.predict(archive.metadata.features, [archive.metadata.features.map(() => 0)])
        assert.deepEqual(Object.keys(powers), [...archive.components])
      }
    })

    it('predicts what the original predicts', () => {
      const cases: readonly Expected[] = JSON.parse(readFileSync(`${data}/expected/${expected}`, 'utf8'))
      assert.ok(cases.length > 0)
      for (const { archive: path, features, x, watts } of cases) {
        const archive = read(path.slice(name.length + 1))
        const tolerance = archive.metadata.model_class === 'xgboost' ? 1e-5 : 1e-9
        const powers: Record<string, number[]> = archive.predict(features, x)
        assert.deepEqual(Object.keys(powers).sort(), Object.keys(watts).sort(), path)
        for (const [component, values] of Object.entries(watts)) {
          values.forEach((value, i) => {
            if (value === null) return
            const ours = powers[component]![i]!
            assert.ok(
              Math.abs(ours - value) <= tolerance * Math.max(Math.abs(value), 1e-300),
              `${path}, ${component}, row ${i}: ${ours} instead of ${value}`,
            )
          })
        }
      }
    })
  })
}
