import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { graphBuilder } from './graph-builder.js'

describe('graphBuilder', () => {
  it('gives each node and what it puts out a name of its own', () => {
    const graph = graphBuilder()
    const sum = graph.node('Add', ['x', 'y'])
    const again = graph.node('Add', [sum, 'y'], { axis: 1 })
    graph.named('out', 'Neg', [again])
    assert.deepEqual(graph.nodes, [
      { operator: 'Add', domain: '', name: 'Add_0', inputs: ['x', 'y'], outputs: ['_Add_0'], attributes: {} },
      {
        operator: 'Add',
        domain: '',
        name: 'Add_1',
        inputs: ['_Add_0', 'y'],
        outputs: ['_Add_1'],
        attributes: { axis: 1 },
      },
      { operator: 'Neg', domain: '', name: 'Neg_2', inputs: ['_Add_1'], outputs: ['out'], attributes: {} },
    ])
    graph.mlNode('TreeEnsemble', ['x'], {})
    assert.equal(graph.nodes[3]?.domain, 'ai.onnx.ml')
  })

  it('keeps small constants once, and tells doubles, integers and one integer apart', () => {
    const graph = graphBuilder()
    const values = [
      graph.integers([1]),
      graph.integers([1]),
      graph.integer(1),
      graph.integer(1),
      graph.integers([1, 2]),
    ]
    assert.deepEqual([new Set(values).size, graph.constants.size], [3, 3])
    graph.node('Add', [1, 1])
    graph.node('Add', [1, 2])
    assert.equal(graph.constants.size, 5)
    const [one] = graph.nodes[0]!.inputs
    assert.deepEqual(graph.constants.get(one!), { data: Float64Array.of(1), dims: [] })
    assert.deepEqual(graph.constants.get(values[4]!), { data: BigInt64Array.of(1n, 2n), dims: [2] })
    assert.deepEqual(graph.constants.get(values[2]!), { data: BigInt64Array.of(1n), dims: [] })
    const large = Float64Array.of(1)
    assert.notEqual(graph.constant(large, [1]), graph.constant(large, [1]))
  })

  it('sorts ascending, and names values and columns', () => {
    const graph = graphBuilder()
    const { values, columns } = graph.least('x', 3)
    assert.deepEqual(graph.nodes[0]?.outputs, [values, columns])
    assert.deepEqual(graph.nodes[0]?.attributes, { axis: 1, largest: 0 })
    assert.deepEqual(graph.constants.get(graph.nodes[0]!.inputs[1]!)?.data, BigInt64Array.of(3n))
  })
})
