import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { describe, it, mock } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { ModelError } from '../core/errors.js'
import { zipStore } from '../registry/store/zip-store.js'
import { checkOutput, replacePipeline, swapPipeline, writeFiles, writePipeline } from './write-pipeline.js'

const model = (path: string, mae: number, more: object = {}) => {
  const name = path.split('/').at(-1) ?? ''
  return [
    [`${path}/metadata.json`, JSON.stringify({ model_name: name, mae, mape: mae, ...more })],
    [`${path}/${name}.json`, '{}'],
    [`${path}.zip`, `zip of ${name}`],
  ] as const
}
const files = new Map<string, string>([
  ['metadata.json', '{"name": "std"}'],
  ['node_type_index.json', '{}'],
  ['README.md', 'what it is'],
  ['notes.txt', 'not of the pipeline'],
  ['preprocessed_data/rows.csv', 'a\n1\n'],
  // Near the places of what is read or packed.
  ...['acpi/AbsPower/Basic', 'acpi/AbsPower/Basic/odd/metadata.json', 'acpi/AbsPower/Basic/odd/weight.json'].flatMap(
    (path) => ['metadata.json', 'weight.json'].map((name) => [`${path}/${name}`, 'no JSON'] as const),
  ),
  ...['packed.zip', 'acpi/AbsPower/Basic/B_0/data.zip', 'metadata.json.bak'].map((path) => [path, 'other'] as const),
  ...model('acpi/AbsPower/BPFOnly/A_0', 2),
  ...model('acpi/AbsPower/Basic/B_0', 1),
  ...model('acpi/DynPower/Basic/C_0', 3),
  ['acpi/DynPower/Basic/C_0/weight.json', '{"weights": 1}'],
])

function zipOf(path: string): ReadonlyMap<string, string> {
  const store = zipStore(path)
  try {
    return new Map([...store.list()].sort().map((name) => [name, new TextDecoder().decode(store.read(name))]))
  } finally {
    store.close()
  }
}

describe('the files of a pipeline', () => {
  const abs = 'acpi_AbsPower_model_metadata.csv'
  const dyn = 'acpi_DynPower_model_metadata.csv'

  it('have a table for each source and output, with the group of each model, the best first', async () => {
    const parent = temporaryFolder()
    const { folder } = await writePipeline(parent, 'std', files)
    assert.equal(folder, join(parent, 'std'))
    const rows = (name: string) => {
      const [header = '', ...lines] = readFileSync(join(folder, name), 'utf8').trim().split('\n')
      const [named, group] = ['model_name', 'feature_group'].map((column) => header.split(',').indexOf(column))
      return lines.map((line) => [line.split(',')[named!], line.split(',')[group!]])
    }
    assert.deepEqual(rows(abs), [
      ['B_0', 'Basic'],
      ['A_0', 'BPFOnly'],
    ])
    assert.deepEqual(rows(dyn), [['C_0', 'Basic']])
    assert.equal(readFileSync(join(folder, 'notes.txt'), 'utf8'), 'not of the pipeline')
  })

  it('are packed: descriptions, tables, and of each model its zip and its weights beside it', async () => {
    const { zip } = await writePipeline(temporaryFolder(), 'std', files)
    const packed = zipOf(zip)
    assert.deepEqual(
      [...packed.keys()],
      [
        ...['README.md', 'acpi/AbsPower/BPFOnly/A_0.zip', 'acpi/AbsPower/Basic/B_0.zip'],
        ...['acpi/DynPower/Basic/C_0.json', 'acpi/DynPower/Basic/C_0.zip', abs, dyn],
        ...['metadata.json', 'node_type_index.json'],
      ],
    )
    assert.equal(packed.get('acpi/DynPower/Basic/C_0.json'), '{"weights": 1}')
    assert.equal(packed.get('acpi/AbsPower/Basic/B_0.zip'), 'zip of B_0')
    assert.match(packed.get(abs) ?? '', /B_0[\s\S]*A_0/)
  })

  it('are packed alike in whichever order they come', async () => {
    const [{ zip }, { zip: other }] = [
      await writePipeline(temporaryFolder(), 'std', files),
      await writePipeline(temporaryFolder(), 'std', new Map([...files].reverse())),
    ]
    assert.ok(readFileSync(zip).equals(readFileSync(other)))
  })

  it('are files: folders with such names stay, and are not packed', async () => {
    const parent = temporaryFolder()
    const { folder } = await writePipeline(parent, 'std', files)
    mkdirSync(join(folder, 'more.json', 'deep'), { recursive: true })
    writeFileSync(join(folder, 'more.json', 'deep', 'x.json'), '{}')
    const { zip } = await writePipeline(parent, 'std', new Map())
    assert.ok(existsSync(join(folder, 'more.json', 'deep', 'x.json')))
    assert.equal([...zipOf(zip).keys()].length, 9)
  })

  it('that were there stay, are packed too, and are replaced where they are written again', async () => {
    const parent = temporaryFolder()
    await writePipeline(parent, 'std', files)
    const { folder, zip } = await writePipeline(
      parent,
      'std',
      new Map([...model('acpi/AbsPower/BPFOnly/A_0', 0.5), ['metadata.json', '{}']]),
    )
    assert.equal(readFileSync(join(folder, 'README.md'), 'utf8'), 'what it is')
    const packed = zipOf(zip)
    assert.equal(packed.get('metadata.json'), '{}')
    assert.ok(packed.has('acpi/DynPower/Basic/C_0.json'))
    assert.match(packed.get(abs) ?? '', /A_0[\s\S]*B_0/)
  })

  it('are these alone where a pipeline is replaced', async () => {
    const parent = temporaryFolder()
    await writePipeline(parent, 'std', files)
    const { folder, zip } = await replacePipeline(parent, 'std', new Map([['metadata.json', '{}']]))
    assert.deepEqual(readdirSync(folder), ['metadata.json'])
    assert.deepEqual([...zipOf(zip).keys()], ['metadata.json'])
    assert.deepEqual(readdirSync(parent).sort(), ['std', 'std.zip'])
  })
})

describe('writing a pipeline', () => {
  it('is stopped by a signal, and leaves the one before', async () => {
    const parent = temporaryFolder()
    await writePipeline(parent, 'std', new Map([['metadata.json', 'before']]))
    for (const write of [writePipeline, replacePipeline]) {
      await assert.rejects(write(parent, 'std', files, AbortSignal.abort()), {
        ...{ code: 'CANCELLED', message: /the one before is unchanged/ },
      })
      assert.equal(readFileSync(join(parent, 'std', 'metadata.json'), 'utf8'), 'before')
    }
    // Also where nothing is left to write but the zip.
    await assert.rejects(writePipeline(parent, 'std', new Map(), AbortSignal.abort()), { code: 'CANCELLED' })
    assert.deepEqual(readdirSync(parent).sort(), ['std', 'std.zip'])
    await assert.rejects(writeFiles(parent, files, AbortSignal.abort()), { code: 'CANCELLED' })
    await writePipeline(parent, 'std', files, new AbortController().signal)
    assert.equal(readFileSync(join(parent, 'std', 'metadata.json'), 'utf8'), '{"name": "std"}')
  })

  it('passes on what is wrong, and puts the old folder back', async () => {
    const parent = temporaryFolder()
    await writePipeline(parent, 'std', files)
    // Nothing was made: the second rename fails, when the old folder is out of the way.
    const failing = swapPipeline(parent, 'std', async () => {})
    await assert.rejects(failing, {
      code: 'UNAVAILABLE',
      message: new RegExp(`^pipeline ${join(parent, 'std')} cannot be written: ENOENT`),
    })
    assert.deepEqual(readdirSync(parent).sort(), ['std', 'std.zip'])
    const broken = new Map([['acpi/AbsPower/Basic/X_0/metadata.json', 'no JSON']])
    for (const before of [parent, temporaryFolder()]) {
      const names = readdirSync(before)
      await assert.rejects(writePipeline(before, 'std', broken), (error: unknown) => {
        assert.ok(error instanceof ModelError && error.code === 'UNAVAILABLE')
        return error.cause instanceof SyntaxError
      })
      assert.deepEqual(readdirSync(before), names)
    }
    assert.ok(existsSync(join(parent, 'std', 'README.md')))
    const refused = new ModelError('INVALID_DATA', 'nothing to write')
    await assert.rejects(
      swapPipeline(parent, 'std', () => Promise.reject(refused)),
      (error) => error === refused,
    )
  })

  it('keeps the new folder where only its zip is missing, and the zip before', async () => {
    const parent = temporaryFolder()
    await writePipeline(parent, 'std', files)
    const folderAlone = swapPipeline(parent, 'std', async ({ folder }) => mkdirSync(folder))
    await assert.rejects(folderAlone, { code: 'UNAVAILABLE', message: /ENOENT.*std\.zip/ })
    assert.deepEqual(readdirSync(parent).sort(), ['std', 'std.zip'])
    assert.deepEqual(readdirSync(join(parent, 'std')), [])
  })

  it('makes its folder, and is refused before anything is trained where it cannot be', async () => {
    const root = temporaryFolder()
    const parent = join(root, 'new', 'folder')
    await checkOutput(parent, 'std')
    assert.ok(existsSync(parent))
    const refused = { code: 'INVALID_CONFIG', field: 'data-path' }
    const file = join(root, 'file')
    writeFileSync(file, '')
    await assert.rejects(checkOutput(file, 'std'), {
      ...refused,
      message: new RegExp(`^pipeline std cannot be written to ${file}: `),
    })
  })

  it('asks for the right to write the folder, and the pipeline and its zip where they are there', async () => {
    const parent = temporaryFolder()
    const asked: unknown[] = []
    const access = mock.method(promises, 'access', async (...of: unknown[]) => void asked.push(of))
    syncBuiltinESMExports()
    try {
      await checkOutput(parent, 'std')
      writeFileSync(join(parent, 'std.zip'), '')
      await checkOutput(parent, 'std')
      access.mock.mockImplementationOnce(() => Promise.reject(new Error('read only')))
      await assert.rejects(checkOutput(parent, 'std'), (error: unknown) => {
        assert.ok(error instanceof ModelError && error.cause instanceof Error)
        assert.deepEqual([error.code, error.field, error.cause.message], ['INVALID_CONFIG', 'data-path', 'read only'])
        return true
      })
    } finally {
      access.mock.restore()
      syncBuiltinESMExports()
    }
    const write = promises.constants.W_OK
    assert.deepEqual(asked, [
      [parent, write],
      [parent, write],
      [join(parent, 'std.zip'), write],
    ])
  })

  it('is refused where a folder or a zip may not be written', async () => {
    // No permission stops this user.
    if (process.getuid?.() === 0) return
    const parent = temporaryFolder()
    const refused = { code: 'INVALID_CONFIG', field: 'data-path' }
    for (const [name, mode] of [
      ['std', 0o555],
      ['std.zip', 0o444],
    ] as const) {
      const path = join(parent, name)
      if (name === 'std') mkdirSync(path)
      else writeFileSync(path, '')
      chmodSync(path, mode)
      await assert.rejects(checkOutput(parent, 'std'), refused)
      chmodSync(path, 0o755)
      await checkOutput(parent, 'std')
    }
  })
})
