import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Pipeline } from '../registry/pipeline.js'
import { orderPipelines, type PipelinePreference } from './pipeline-order.js'

/** A pipeline of which only name, sources and age count. */
function pipeline(name: string, modifiedAt = 0, sources: Pipeline['sources'] = ['acpi']): Pipeline {
  const never = () => assert.fail('nothing is read')
  return {
    ...{ name, sources, entries: [], damaged: 0, nodeTypes: [], loadedAt: 0, specOf: () => undefined },
    store: { origin: name, modifiedAt, files: never, read: never, close: never } as unknown as Pipeline['store'],
  }
}

const order = (pipelines: readonly Pipeline[], more: Partial<PipelinePreference> = {}) =>
  orderPipelines(pipelines, 'acpi', { defaults: { acpi: 'default' }, local: 'local', ...more }).map(({ name }) => name)
const all = [pipeline('old', 1), pipeline('new', 2), pipeline('local'), pipeline('named'), pipeline('default')]

describe('orderPipelines', () => {
  it('asks the default one, the local one, then the newest', () => {
    assert.deepEqual(order(all), ['default', 'local', 'new', 'old', 'named'])
    assert.deepEqual(order([...all].reverse()), ['default', 'local', 'new', 'old', 'named'])
  })

  it('asks the local one first where that is preferred', () => {
    assert.deepEqual(order(all, { preferLocal: true }).slice(0, 2), ['local', 'default'])
  })

  it('asks one that the operator named before a default one that is merely there', () => {
    assert.deepEqual(order(all, { initial: new Set(['named']) }).slice(0, 3), ['named', 'default', 'local'])
    assert.deepEqual(order(all, { initial: new Set(['named', 'default']) }).slice(0, 2), ['default', 'named'])
    assert.deepEqual(order(all, { initial: new Set(['named']), preferLocal: true }).slice(0, 2), ['local', 'named'])
  })

  it('asks those of one age by their names', () => {
    assert.deepEqual(order([pipeline('b', 1), pipeline('a', 1), pipeline('c', 1)]), ['a', 'b', 'c'])
  })

  it('leaves out those of other sources, and the demonstration where there is another', () => {
    const lastResort = new Set(['demo'])
    const demo = pipeline('demo')
    assert.deepEqual(order([demo, pipeline('rapl', 0, ['rapl-sysfs'])], { lastResort }), ['demo'])
    assert.deepEqual(order([demo, pipeline('old')], { lastResort }), ['old'])
    assert.deepEqual(order([]), [])
  })
})
