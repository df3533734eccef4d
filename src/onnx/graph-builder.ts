import type { AttributeValue, GraphNode, Tensor } from './onnx-file.js'

/** The name of a value that flows in a graph: an input, a constant, or what a node puts out. */
export type Value = string
/** A number stands for a constant double. */
export type Operand = Value | number

/** Collects the nodes and constants of a graph. All values are doubles unless a function says otherwise. */
export interface GraphBuilder {
  /** One of ONNX's own operators. */
  node(operator: string, inputs: readonly Operand[], attributes?: Readonly<Record<string, AttributeValue>>): Value
  /** An operator of the domain `ai.onnx.ml`. */
  mlNode(operator: string, inputs: readonly Value[], attributes: Readonly<Record<string, AttributeValue>>): Value
  /** A node whose output has this name, which nothing else in the graph has. */
  named(name: Value, operator: string, inputs: readonly Value[]): void
  /** The `count` least values of each row, ascending, and their columns (int64); of equal values the first column's. */
  least(x: Value, count: number): { readonly values: Value; readonly columns: Value }
  constant(data: Tensor['data'], dims: readonly number[]): Value
  /** Whole numbers (int64): indices, axes, shapes. */
  integers(values: readonly number[]): Value
  /** One whole number, not a list of one. */
  integer(value: number): Value
  readonly nodes: readonly GraphNode[]
  readonly constants: ReadonlyMap<Value, Tensor>
}

/** Names of values begin with `_`, so that they never meet the names of inputs and outputs. */
export function graphBuilder(): GraphBuilder {
  const nodes: GraphNode[] = []
  const constants = new Map<Value, Tensor>()
  const known = new Map<string, Value>()

  const add = (
    domain: GraphNode['domain'],
    operator: string,
    inputs: readonly Operand[],
    attributes: Readonly<Record<string, AttributeValue>>,
    outputs: readonly Value[] = [`_${operator}_${nodes.length}`],
  ): Value => {
    const values = inputs.map((input) => (typeof input === 'number' ? scalar(input) : input))
    nodes.push({ operator, domain, name: `${operator}_${nodes.length}`, inputs: values, outputs, attributes })
    return outputs[0]!
  }
  const constant = (data: Tensor['data'], dims: readonly number[]): Value => {
    const name = `_constant_${constants.size}`
    constants.set(name, { data, dims })
    return name
  }
  /** Small constants occur again and again: zeros, axes, columns. */
  const shared = (key: string, make: () => Value): Value => {
    const name = known.get(key) ?? make()
    known.set(key, name)
    return name
  }

  const scalar = (value: number) => shared(`double ${value}`, () => constant(Float64Array.of(value), []))
  const integers = (values: readonly number[]) =>
    shared(`int64 ${values.join(' ')}`, () => constant(BigInt64Array.from(values, BigInt), [values.length]))

  return {
    node: (operator, inputs, attributes = {}) => add('', operator, inputs, attributes),
    mlNode: (operator, inputs, attributes) => add('ai.onnx.ml', operator, inputs, attributes),
    named: (name, operator, inputs) => {
      add('', operator, inputs, {}, [name])
    },
    least(x, count) {
      const [values, columns] = [`_TopK_${nodes.length}`, `_TopK_columns_${nodes.length}`]
      add('', 'TopK', [x, integers([count])], { axis: 1, largest: 0 }, [values, columns])
      return { values, columns }
    },
    constant,
    integers,
    integer: (value) => shared(`int64 scalar ${value}`, () => constant(BigInt64Array.of(BigInt(value)), [])),
    nodes,
    constants,
  }
}
