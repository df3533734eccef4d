import assert from 'node:assert/strict'
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import {
  bpf,
  type FixtureModel,
  pipelineFiles,
  unpackedFiles,
  writeFiles,
  zipOf,
} from '../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { parseModelRequest } from './model-request.js'
import { openRegistry, type Registry, type RegistryOptions } from './registry.js'

const preference = { defaults: { 'rapl-sysfs': 'ec2' }, local: 'std' }
const request = { metrics: bpf, output_type: 'AbsPower' }

describe('openRegistry', () => {
  const root = temporaryFolder()
  const opened: Registry[] = []
  let made = 0

  afterEach(async () => {
    for (const registry of opened.splice(0)) await registry.close()
  })

  function folder(): string {
    const path = join(root, String(made++))
    mkdirSync(path)
    return path
  }
  async function open(modelPath: string, options: Partial<RegistryOptions> = {}): Promise<Registry> {
    const registry = await openRegistry({ modelPath, preference, pollInterval: 0, ...options })
    opened.push(registry)
    return registry
  }
  /** As pipelines should be written: beside, then renamed. */
  function writeZip(path: string, models: readonly FixtureModel[]): void {
    writeFileSync(`${path}.tmp`, zipOf(pipelineFiles(models)))
    renameSync(`${path}.tmp`, path)
  }
  const served = ({ service }: Registry) => service.findModel(parseModelRequest(request)).selection.modelName
  const names = ({ service }: Registry) => service.status().pipelines.map(({ name }) => name)

  it('lists zips and folders that have a metadata.json, and nothing else', async () => {
    const path = folder()
    writeZip(join(path, 'packed.zip'), [{ name: 'A_0' }])
    writeFiles(join(path, 'unpacked'), { ...pipelineFiles([]), ...unpackedFiles({ name: 'B_0' }) })
    writeFiles(path, {
      'no-pipeline/a.json': '',
      '.hidden/metadata.json': '{}',
      'notes.txt': '',
      'a b/metadata.json': '{}',
    })
    assert.deepEqual(names(await open(path)).sort(), ['packed', 'unpacked'])
  })

  it('serves the newer of a zip and an unpacked pipeline of the same name', async () => {
    const path = folder()
    writeZip(join(path, 'std.zip'), [{ name: 'A_0' }])
    writeFiles(join(path, 'std'), { ...pipelineFiles([]), ...unpackedFiles({ name: 'B_0' }) })
    const date = (file: string, seconds: number) => utimesSync(join(path, file), seconds, seconds)
    date('std.zip', 1000)
    date('std/metadata.json', 2000)
    const registry = await open(path)
    assert.equal(served(registry), 'B_0')
    date('std.zip', 3000)
    await registry.refresh()
    assert.equal(served(registry), 'A_0')
  })

  it('swaps in a pipeline that is replaced, while the answers of before stay what they were', async () => {
    const path = folder()
    writeZip(join(path, 'std.zip'), [{ name: 'A_0' }])
    const registry = await open(path)
    const parsed = parseModelRequest(request)
    const before = registry.service.findModel(parsed)
    const bytes = Buffer.from(before.body)
    writeZip(join(path, 'std.zip'), [{ name: 'B_0' }])
    assert.equal(registry.service.findModel(parsed).selection.modelName, 'A_0')
    await registry.refresh()
    assert.equal(registry.service.findModel(parsed).selection.modelName, 'B_0')
    assert.deepEqual(before.body, bytes)
  })

  it('answers from the version it has indexed even when the file has been replaced under it', async () => {
    const path = folder()
    writeZip(join(path, 'std.zip'), [{ name: 'A_0' }, { name: 'C_0', mae: 2 }])
    const registry = await open(path)
    writeZip(join(path, 'std.zip'), [{ name: 'B_0' }])
    const { body } = registry.service.findModel(parseModelRequest({ ...request, trainer_name: 'C' }))
    assert.ok(body.length > 0)
  })

  it('keeps the previous version of a pipeline that is half written, and takes the whole one later', async () => {
    const path = folder()
    const file = join(path, 'std.zip')
    writeZip(file, [{ name: 'A_0' }])
    const registry = await open(path)
    const whole = zipOf(pipelineFiles([{ name: 'B_0' }, { name: 'C_0', mae: 2 }]))
    rmSync(file)
    writeFileSync(file, whole.subarray(0, whole.length / 2))
    await registry.refresh()
    assert.equal(served(registry), 'A_0')
    assert.equal(registry.service.status().errors.length, 1)
    writeFileSync(file, whole)
    await registry.refresh()
    assert.equal(served(registry), 'B_0')
    assert.deepEqual(registry.service.status().errors, [])
  })

  it('forgets the trouble with a pipeline that is gone', async () => {
    const path = folder()
    writeFileSync(join(path, 'std.zip'), 'no zip')
    const registry = await open(path)
    assert.match(registry.service.status().errors[0]!.origin, /std\.zip$/)
    rmSync(join(path, 'std.zip'))
    await registry.refresh()
    assert.deepEqual(registry.service.status().errors, [])
  })

  it('drops a pipeline that is gone', async () => {
    const path = folder()
    writeZip(join(path, 'std.zip'), [{ name: 'A_0' }])
    const registry = await open(path)
    rmSync(join(path, 'std.zip'))
    await registry.refresh()
    assert.throws(() => served(registry), { code: 'NO_MODEL' })
  })

  it('finds a model that is added to an unpacked pipeline', async () => {
    const path = folder()
    writeFiles(join(path, 'std'), { ...pipelineFiles([]), ...unpackedFiles({ name: 'A_0', mae: 2 }) })
    const registry = await open(path)
    writeFiles(join(path, 'std'), unpackedFiles({ name: 'B_0', mae: 1 }))
    await registry.refresh()
    assert.equal(served(registry), 'B_0')
  })

  it('follows files without being asked', async () => {
    const path = folder()
    const registry = await open(path, { pollInterval: 5 })
    writeZip(join(path, 'std.zip'), [{ name: 'A_0' }])
    while (names(registry).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    assert.equal(served(registry), 'A_0')
  })

  it('starts again from the index that it kept, with the same answers', async () => {
    const path = folder()
    const models = [
      { name: 'A_0', mae: 2, metadata: { package_mae: 1.5 } },
      { name: 'B_1', mae: 1, weights: true },
      { name: 'C_10', folder: 'acpi/DynPower/CounterOnly', features: ['cpu_cycles'] },
    ]
    writeZip(join(path, 'std.zip'), models)
    const first = await open(path)
    const answers = (registry: Registry) =>
      [{}, { weight: true }, { node_type: 0 }, { filter: 'package_mae:2' }].map((more) => {
        const { body, selection } = registry.service.findModel(parseModelRequest({ ...request, ...more }))
        return [body.toString('base64'), selection]
      })
    const expected = answers(first)
    await first.close()
    assert.deepEqual(answers(await open(path)), expected)
  })

  it('does not trust a kept index of other files, or a damaged one', async () => {
    const path = folder()
    const kept = join(path, '.index', 'std.json')
    writeZip(join(path, 'std.zip'), [{ name: 'A_0' }])
    await (await open(path)).close()
    writeZip(join(path, 'std.zip'), [{ name: 'B_0' }])
    assert.equal(served(await open(path)), 'B_0')
    for (const content of ['', '{}', '{"version": 1']) {
      writeFileSync(kept, content)
      assert.equal(served(await open(path)), 'B_0')
    }
  })

  it('opens file URLs where they are, and starts without those that are absent', async () => {
    const elsewhere = join(folder(), 'mine.zip')
    writeZip(elsewhere, [{ name: 'A_0' }])
    const urls = [pathToFileURL(elsewhere).href, 'file:///nowhere/other.zip']
    const registry = await open(folder(), { urls })
    assert.equal(served(registry), 'A_0')
    assert.deepEqual(names(registry), ['mine'])
    assert.match(registry.service.status().errors[0]!.message, /nowhere/)
  })

  it('starts without a folder, and says that nothing is loaded', async () => {
    const registry = await open(join(root, 'absent'))
    assert.deepEqual(registry.service.status().pipelines, [])
    assert.throws(() => served(registry), { code: 'NO_MODEL', message: /no pipeline is loaded/ })
  })

  it('serves the demonstration until there is something better', async () => {
    const path = folder()
    const demo = join(folder(), 'demo')
    writeFiles(demo, { ...pipelineFiles([]), ...unpackedFiles({ name: 'A_0', mae: 0.1 }) })
    const registry = await open(path, { lastResort: [{ name: 'demo', path: demo }] })
    assert.equal(served(registry), 'A_0')
    writeZip(join(path, 'std.zip'), [{ name: 'B_0', mae: 9 }])
    await registry.refresh()
    assert.equal(served(registry), 'B_0')
  })

  it('refuses URLs that name no pipeline', async () => {
    for (const url of ['https://host/', 'https://host/a%2F..%2Fb.zip', 'https://host/.zip', 'https://host/..zip']) {
      await assert.rejects(open(folder(), { urls: [url] }), { code: 'INVALID_CONFIG' }, url)
    }
  })
})
