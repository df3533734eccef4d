import { type GraphNode, type OnnxGraph, readOnnxGraph, type Tensor, typeOfNumber } from './onnx-graph.js'
import { treeEnsemble } from './tree-ensemble.js'

type Operator = (inputs: readonly Tensor[], node: GraphNode) => Tensor | readonly Tensor[]

/**
 * Runs an ONNX file over rows of doubles, by the definitions of its operators (https://onnx.ai/onnx/operators): a reader
 * of the graph that is independent of what writes it. ONNX Runtime itself is asked in `test/integration/onnx.test.ts`.
 *
 * @returns by output a number a row
 */
export function runOnnx(
  file: Uint8Array,
  rows: readonly (readonly number[])[],
): Readonly<Record<string, readonly number[]>> {
  const graph = readOnnxGraph(file)
  const columns = rows[0]?.length ?? 0
  const input: Tensor = { type: 'double', dims: [rows.length, columns], data: rows.flat() }
  const values = valuesOf(graph, input)
  return Object.fromEntries(
    graph.outputs.map((name) => {
      const { dims, data, type } = values.get(name)!
      if (dims.length !== 1 || dims[0] !== rows.length || type !== 'double')
        throw new Error(`${name} is ${type} ${dims}`)
      return [name, data]
    }),
  )
}

function valuesOf({ nodes, constants, inputs }: OnnxGraph, input: Tensor): ReadonlyMap<string, Tensor> {
  const values = new Map(constants)
  for (const name of inputs) values.set(name, input)
  for (const node of nodes) {
    const operator = operators[`${node.domain}${node.operator}`]
    if (operator === undefined) throw new Error(`operator ${node.domain} ${node.operator}`)
    const given = node.inputs.map((name) => {
      const value = values.get(name)
      if (value === undefined) throw new Error(`${node.operator} asks for ${name}`)
      return value
    })
    const results = [operator(given, node)].flat() as readonly Tensor[]
    node.outputs.forEach((name, i) => {
      if (values.has(name)) throw new Error(`${name} is there already`)
      values.set(name, results[i]!)
    })
  }
  return values
}

function attribute({ attributes }: GraphNode, name: string, byDefault: number): number {
  const value = attributes.get(name)
  return typeof value === 'number' ? value : byDefault
}

const sizeOf = (dims: readonly number[]) => dims.reduce((product, dim) => product * dim, 1)
const rounded = (type: Tensor['type'], value: number) => (type === 'float' ? Math.fround(value) : value)

/** The place of an element in each dimension. */
function placeOf(dims: readonly number[], index: number): number[] {
  const place: number[] = []
  let rest = index
  for (let d = dims.length - 1; d >= 0; d--) {
    place[d] = rest % dims[d]!
    rest = Math.floor(rest / dims[d]!)
  }
  return place
}

function indexOf(dims: readonly number[], place: readonly number[]): number {
  return dims.reduce((index, dim, d) => index * dim + place[d]!, 0)
}

/** Element by element; dimensions of one are repeated, and missing ones in front are ones. */
function elementwise(f: (...values: number[]) => number, type?: Tensor['type']): Operator {
  return (inputs) => {
    const depth = Math.max(...inputs.map(({ dims }) => dims.length))
    const padded = inputs.map(({ dims }) => [...new Array<number>(depth - dims.length).fill(1), ...dims])
    const dims = Array.from({ length: depth }, (_, d) => Math.max(...padded.map((own) => own[d]!)))
    for (const own of padded) {
      if (own.some((dim, d) => dim !== 1 && dim !== dims[d])) throw new Error(`${own} does not fit ${dims}`)
    }
    const data = Array.from({ length: sizeOf(dims) }, (_, index) => {
      const place = placeOf(dims, index)
      const at = (own: readonly number[]) =>
        indexOf(
          own,
          place.map((k, d) => (own[d] === 1 ? 0 : k)),
        )
      return f(...inputs.map((input, i) => input.data[at(padded[i]!)]!))
    })
    return { type: type ?? inputs[0]!.type, dims, data }
  }
}

/** Lists along an axis become what `f` makes of them. */
function alongAxis({ type, dims, data }: Tensor, axis: number, f: (list: number[]) => readonly number[]): Tensor {
  const d = axis < 0 ? axis + dims.length : axis
  const others = dims.map((dim, i) => (i === d ? 1 : dim))
  const results = Array.from({ length: sizeOf(others) }, (_, index) => {
    const place = placeOf(others, index)
    return f(Array.from({ length: dims[d]! }, (_, k) => data[indexOf(dims, place.with(d, k))]!))
  })
  const longer = dims.map((dim, i) => (i === d ? results[0]!.length : dim))
  return {
    type,
    dims: longer,
    data: Array.from({ length: sizeOf(longer) }, (_, index) => {
      const place = placeOf(longer, index)
      return results[indexOf(others, place.with(d, 0))]![place[d]!]!
    }),
  }
}

/** @param axes all of them when absent */
function reduced(
  x: Tensor,
  axes: readonly number[] | undefined,
  node: GraphNode,
  f: (list: number[]) => number,
): Tensor {
  const all = axes ?? x.dims.map((_, d) => d)
  const kept = all.reduce((tensor, axis) => alongAxis(tensor, axis, (list) => [f(list)]), x)
  if (attribute(node, 'keepdims', 1) === 1) return kept
  return { ...kept, dims: kept.dims.filter((_, d) => !all.includes(d)) }
}

const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0)
const axesOf = ({ attributes }: GraphNode) => attributes.get('axes') as readonly number[] | undefined

const operators: Readonly<Record<string, Operator>> = {
  Add: elementwise((a, b) => a! + b!),
  Sub: elementwise((a, b) => a! - b!),
  Mul: elementwise((a, b) => a! * b!),
  Div: elementwise((a, b) => a! / b!),
  Exp: elementwise((a) => Math.exp(a!)),
  Log: elementwise((a) => Math.log(a!)),
  Neg: elementwise((a) => -a!),
  Abs: elementwise((a) => Math.abs(a!)),
  Min: elementwise(Math.min),
  Max: elementwise(Math.max),
  Clip: elementwise((a, low, high) => Math.min(high!, Math.max(low!, a!))),
  Greater: elementwise((a, b) => Number(a! > b!), 'bool'),
  GreaterOrEqual: elementwise((a, b) => Number(a! >= b!), 'bool'),
  Less: elementwise((a, b) => Number(a! < b!), 'bool'),
  Cast([x], node) {
    const type = typeOfNumber(attribute(node, 'to', 0))
    return {
      type,
      dims: x!.dims,
      data: x!.data.map((value) => (type === 'int64' ? Math.trunc(value) : rounded(type, value))),
    }
  },
  MatMul([a, b]) {
    const [rows = 0, inner = 0] = a!.dims
    const [same = 0, columns = 0] = b!.dims
    if (inner !== same || a!.dims.length !== 2 || b!.dims.length !== 2) throw new Error(`${a!.dims} times ${b!.dims}`)
    const data = Array.from({ length: rows * columns }, (_, index) => {
      const [i, j] = [Math.floor(index / columns), index % columns]
      return sum(Array.from({ length: inner }, (_, k) => a!.data[i * inner + k]! * b!.data[k * columns + j]!))
    })
    return { type: a!.type, dims: [rows, columns], data }
  },
  Gather([x, indices], node) {
    const axis = attribute(node, 'axis', 0)
    const dims = [...x!.dims.slice(0, axis), ...indices!.dims, ...x!.dims.slice(axis + 1)]
    const data = Array.from({ length: sizeOf(dims) }, (_, index) => {
      const place = placeOf(dims, index)
      const inner = place.slice(axis, axis + indices!.dims.length)
      const at = indices!.data[indexOf(indices!.dims, inner)]!
      if (at < 0 || at >= x!.dims[axis]!) throw new Error(`${at} of ${x!.dims[axis]}`)
      return x!.data[indexOf(x!.dims, [...place.slice(0, axis), at, ...place.slice(axis + indices!.dims.length)])]!
    })
    return { type: x!.type, dims, data }
  },
  GatherElements([x, indices], node) {
    const axis = attribute(node, 'axis', 0)
    const { dims } = indices!
    const data = indices!.data.map((at, index) => x!.data[indexOf(x!.dims, placeOf(dims, index).with(axis, at))]!)
    return { type: x!.type, dims, data }
  },
  ReduceSum: ([x, axes], node) => reduced(x!, axes?.data, node, sum),
  ReduceMax: ([x], node) => reduced(x!, axesOf(node), node, (list) => Math.max(...list)),
  ReduceMean: ([x], node) => reduced(x!, axesOf(node), node, (list) => sum(list) / list.length),
  ArgMax([x], node) {
    const axis = attribute(node, 'axis', 0)
    return { ...reduced(x!, [axis], node, (list) => list.indexOf(Math.max(...list))), type: 'int64' }
  },
  TopK([x, count], node) {
    const sign = attribute(node, 'largest', 1) === 1 ? -1 : 1
    const order = (list: readonly number[]) =>
      [...list.keys()].sort((i, j) => sign * (list[i]! - list[j]!) || i - j).slice(0, count!.data[0])
    const axis = attribute(node, 'axis', -1)
    const columns = alongAxis(x!, axis, order)
    return [alongAxis(x!, axis, (list) => order(list).map((i) => list[i]!)), { ...columns, type: 'int64' }]
  },
  Pad([x, pads, value]) {
    const depth = x!.dims.length
    const dims = x!.dims.map((dim, d) => dim + pads!.data[d]! + pads!.data[d + depth]!)
    const data = Array.from({ length: sizeOf(dims) }, (_, index) => {
      const place = placeOf(dims, index).map((k, d) => k - pads!.data[d]!)
      const isInside = place.every((k, d) => k >= 0 && k < x!.dims[d]!)
      return isInside ? x!.data[indexOf(x!.dims, place)]! : (value?.data[0] ?? 0)
    })
    return { type: x!.type, dims, data }
  },
  CumSum([x, axis]) {
    return alongAxis(x!, axis!.data[0]!, (list) => {
      let total = 0
      return list.map((value) => (total = rounded(x!.type, total + value)))
    })
  },
  Reshape([x, shape]) {
    const dims = shape!.data.map((dim, d) => (dim === 0 ? x!.dims[d]! : dim))
    if (sizeOf(dims) !== x!.data.length) throw new Error(`${x!.dims} is not ${dims}`)
    return { ...x!, dims }
  },
  Squeeze([x, axes]) {
    if (axes!.data.some((axis) => x!.dims[axis] !== 1)) throw new Error(`${x!.dims} has no ${axes!.data} to take away`)
    return { ...x!, dims: x!.dims.filter((_, d) => !axes!.data.includes(d)) }
  },
  'ai.onnx.mlTreeEnsemble': ([x], node) => treeEnsemble(x!, node),
}
