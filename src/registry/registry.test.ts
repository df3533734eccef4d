import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
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
import { withoutRights } from '../../test/support/without-rights.js'
import { parseModelRequest } from '../selection/model-request.js'
import {
  type OpenModelSelector,
  type OpenModelSelectorOptions,
  openModelSelector,
} from '../selection/open-model-selector.js'

const preference = { defaults: { 'rapl-sysfs': 'ec2' }, local: 'std' }
const request = { metrics: bpf, output_type: 'AbsPower' }

describe('a registry and its selector', () => {
  const root = temporaryFolder()
  const opened: OpenModelSelector[] = []
  let made = 0

  afterEach(async () => {
    for (const selector of opened.splice(0)) await selector.close()
  })

  function folder(): string {
    const path = join(root, String(made++))
    mkdirSync(path)
    return path
  }
  async function open(modelPath: string, options: Partial<OpenModelSelectorOptions> = {}): Promise<OpenModelSelector> {
    const selector = await openModelSelector({ modelPath, preference, pollInterval: 0, ...options })
    opened.push(selector)
    return selector
  }
  /** As pipelines should be written: beside, then renamed. */
  function writeZip(path: string, models: readonly FixtureModel[]): void {
    writeFileSync(`${path}.tmp`, zipOf(pipelineFiles(models)))
    renameSync(`${path}.tmp`, path)
  }
  const served = (selector: OpenModelSelector) => selector.findModel(parseModelRequest(request)).selection.modelName
  const names = (selector: OpenModelSelector) => selector.status().pipelines.map(({ name }) => name)

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
    const selector = await open(path)
    assert.equal(served(selector), 'B_0')
    date('std.zip', 3000)
    await selector.refresh()
    assert.equal(served(selector), 'A_0')
  })

  it('swaps in a pipeline that is replaced, while the answers of before stay what they were', async () => {
    const path = folder()
    writeZip(join(path, 'std.zip'), [{ name: 'A_0' }])
    const selector = await open(path)
    const parsed = parseModelRequest(request)
    const before = selector.findModel(parsed)
    const bytes = Buffer.from(before.body)
    writeZip(join(path, 'std.zip'), [{ name: 'B_0' }])
    assert.equal(selector.findModel(parsed).selection.modelName, 'A_0')
    await selector.refresh()
    assert.equal(selector.findModel(parsed).selection.modelName, 'B_0')
    assert.deepEqual(before.body, bytes)
  })

  it('answers from the version it has indexed even when the file has been replaced under it', async () => {
    const path = folder()
    writeZip(join(path, 'std.zip'), [{ name: 'A_0' }, { name: 'C_0', mae: 2 }])
    const selector = await open(path)
    writeZip(join(path, 'std.zip'), [{ name: 'B_0' }])
    const { body } = selector.findModel(parseModelRequest({ ...request, trainer_name: 'C' }))
    assert.ok(body.length > 0)
  })

  it('keeps the previous version of a pipeline that is half written, and takes the whole one later', async () => {
    const path = folder()
    const file = join(path, 'std.zip')
    writeZip(file, [{ name: 'A_0' }])
    const selector = await open(path)
    const whole = zipOf(pipelineFiles([{ name: 'B_0' }, { name: 'C_0', mae: 2 }]))
    rmSync(file)
    writeFileSync(file, whole.subarray(0, whole.length / 2))
    await selector.refresh()
    assert.equal(served(selector), 'A_0')
    assert.equal(selector.status().errors.length, 1)
    writeFileSync(file, whole)
    await selector.refresh()
    assert.equal(served(selector), 'B_0')
    assert.deepEqual(selector.status().errors, [])
  })

  it('keeps a pipeline whose folder may no longer be read, and says why it is not followed', async () => {
    const path = folder()
    writeFiles(join(path, 'std'), { ...pipelineFiles([]), ...unpackedFiles({ name: 'A_0' }) })
    const selector = await open(path)
    for (const readable of [root, path]) chmodSync(readable, 0o755)
    chmodSync(join(path, 'std'), 0)
    await withoutRights(() => selector.refresh())
    assert.equal(served(selector), 'A_0')
    assert.match(selector.status().errors[0]!.message, /std" cannot be read: EACCES/)
    chmodSync(join(path, 'std'), 0o755)
    await selector.refresh()
    assert.deepEqual(selector.status().errors, [])
  })

  it('forgets the trouble with a pipeline that is gone', async () => {
    const path = folder()
    writeFileSync(join(path, 'std.zip'), 'no zip')
    const selector = await open(path)
    assert.match(selector.status().errors[0]!.origin, /std\.zip$/)
    rmSync(join(path, 'std.zip'))
    await selector.refresh()
    assert.deepEqual(selector.status().errors, [])
  })

  it('drops a pipeline that is gone', async () => {
    const path = folder()
    writeZip(join(path, 'std.zip'), [{ name: 'A_0' }])
    const selector = await open(path)
    rmSync(join(path, 'std.zip'))
    await selector.refresh()
    assert.throws(() => served(selector), { code: 'NO_MODEL' })
  })

  it('finds a model that is added to an unpacked pipeline', async () => {
    const path = folder()
    writeFiles(join(path, 'std'), { ...pipelineFiles([]), ...unpackedFiles({ name: 'A_0', mae: 2 }) })
    const selector = await open(path)
    writeFiles(join(path, 'std'), unpackedFiles({ name: 'B_0', mae: 1 }))
    await selector.refresh()
    assert.equal(served(selector), 'B_0')
  })

  it('follows files without being asked', async () => {
    const path = folder()
    const selector = await open(path, { pollInterval: 5 })
    writeZip(join(path, 'std.zip'), [{ name: 'A_0' }])
    while (names(selector).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    assert.equal(served(selector), 'A_0')
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
    const answers = (selector: OpenModelSelector) =>
      [{}, { weight: true }, { node_type: 0 }, { filter: 'package_mae:2' }].map((more) => {
        const { body, selection } = selector.findModel(parseModelRequest({ ...request, ...more }))
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
    const selector = await open(folder(), { urls })
    assert.equal(served(selector), 'A_0')
    assert.deepEqual(names(selector), ['mine'])
    assert.match(selector.status().errors[0]!.message, /nowhere/)
  })

  it('takes the pipeline of the folder before one of the same name elsewhere', async () => {
    const [path, elsewhere] = [folder(), folder()]
    writeZip(join(path, 'std.zip'), [{ name: 'A_0' }])
    writeZip(join(elsewhere, 'std.zip'), [{ name: 'B_0' }])
    const selector = await open(path, { urls: [pathToFileURL(join(elsewhere, 'std.zip')).href] })
    assert.deepEqual([names(selector), served(selector)], [['std'], 'A_0'])
  })

  it('starts without a folder, and says that nothing is loaded', async () => {
    const selector = await open(join(root, 'absent'))
    assert.deepEqual(selector.status().pipelines, [])
    assert.throws(() => served(selector), { code: 'NO_MODEL', message: /no pipeline is loaded/ })
  })

  it('serves the demonstration until there is something better', async () => {
    const path = folder()
    const demo = join(folder(), 'demo')
    writeFiles(demo, { ...pipelineFiles([]), ...unpackedFiles({ name: 'A_0', mae: 0.1 }) })
    const selector = await open(path, { lastResort: [{ name: 'demo', path: demo }] })
    assert.equal(served(selector), 'A_0')
    writeZip(join(path, 'std.zip'), [{ name: 'B_0', mae: 9 }])
    await selector.refresh()
    assert.equal(served(selector), 'B_0')
  })

  it('does not answer with the demonstration in place of a pipeline that cannot be read', async () => {
    const path = folder()
    const demo = join(folder(), 'demo.zip')
    writeZip(demo, [{ name: 'Demo_0' }])
    writeFileSync(join(path, 'std.zip'), 'no zip')
    const selector = await open(path, { lastResort: [{ name: 'demo', path: demo }] })
    assert.throws(() => served(selector), { code: 'UNAVAILABLE', message: /std\.zip: / })
    assert.match(selector.status().unreadable!.origin, /std\.zip$/)
    writeZip(join(path, 'std.zip'), [{ name: 'A_0' }])
    await selector.refresh()
    assert.equal(served(selector), 'A_0')
    assert.equal(selector.status().unreadable, undefined)
  })

  it('refuses URLs that name no pipeline', async () => {
    for (const url of ['https://host/', 'https://host/a%2F..%2Fb.zip', 'https://host/.zip', 'https://host/..zip']) {
      await assert.rejects(open(folder(), { urls: [url] }), { code: 'INVALID_CONFIG' }, url)
    }
  })
})
