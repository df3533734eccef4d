import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { datasetNames, inputFile, outputFile, prefixedFile } from './data-files.js'

describe('files that users name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'data-files-'))
  const cwd = process.cwd()
  before(() => {
    process.chdir(folder)
    mkdirSync('data/runs', { recursive: true })
    for (const file of ['here.json', 'both.json', 'data/both.json', 'data/packed.json.gz', 'data/runs/day.json']) {
      writeFileSync(file, '{}')
    }
    writeFileSync('data/extracted_loaded.csv', '')
    writeFileSync('rows.csv', '')
  })
  after(() => {
    process.chdir(cwd)
    rmSync(folder, { recursive: true })
  })

  it('a path is a path', () => {
    assert.equal(inputFile('data', './here.json'), './here.json')
    assert.equal(inputFile('data', 'data/both'), 'data/both.json')
    assert.equal(inputFile('data', join(folder, 'here')), join(folder, 'here.json'))
    assert.equal(outputFile('data', './new', '.json'), './new.json')
    assert.equal(outputFile('data', '/tmp/new.csv', '.json'), '/tmp/new.csv')
  })

  it('a path is also looked up below the data folder, as the original does', () => {
    assert.equal(inputFile('data', 'runs/day'), 'data/runs/day.json')
  })

  it('a bare name is looked up in the data folder, then here; outputs go to the data folder', () => {
    assert.equal(inputFile('data', 'both'), 'data/both.json')
    assert.equal(inputFile('data', 'here.json'), 'here.json')
    assert.equal(inputFile('data', 'packed'), 'data/packed.json.gz')
    assert.equal(outputFile('data', 'new', '.csv'), 'data/new.csv')
    assert.equal(prefixedFile('data', 'isolated', 'day.json.gz'), 'data/isolated_day.csv')
  })

  it('a dataset is found by its name, or by its whole file name', () => {
    assert.equal(inputFile('data', 'loaded', datasetNames('loaded', 'extracted')), 'data/extracted_loaded.csv')
    assert.equal(inputFile('data', './rows.csv', datasetNames('./rows.csv', 'extracted')), './rows.csv')
  })

  it('an error says where was looked', () => {
    assert.throws(() => inputFile('data', 'gone'), {
      code: 'INVALID_REQUEST',
      reason: 'file_not_found',
      message: /--input: there is no file "gone"; looked for\n {2}data\/gone\.json\n[\s\S]*\n {2}gone\.json\n/,
    })
  })
})
