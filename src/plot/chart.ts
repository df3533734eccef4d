/** A colour by what it stands for; themes say which it is. `series-1` to `series-8` tell things apart. */
export type ColourRole =
  | 'measured'
  | 'estimated'
  | 'idle'
  | 'background'
  | 'dynamic'
  | 'left-out'
  | 'warning'
  | 'muted'
  | `series-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`

/** Shapes differ where colours do, so that a picture can be read without them. */
export type PointSymbol = 'circle' | 'triangle' | 'square' | 'diamond'

interface NamedLayer {
  /** The name in the legend; layers of one name and colour share an entry, without a name there is none. */
  readonly name?: string
  readonly colour: ColourRole
}

/** A line through points in their order; it breaks where `y` is not finite. */
export interface LineLayer extends NamedLayer {
  readonly kind: 'line'
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly dashed?: boolean
}

/** The area between two lines. */
export interface BandLayer extends NamedLayer {
  readonly kind: 'band'
  readonly x: readonly number[]
  readonly low: readonly number[]
  readonly high: readonly number[]
  /** Of what is stacked and hides nothing; else it is a light interval behind a line. */
  readonly solid?: boolean
}

/** Points; with `category` in the rows of the panel's categories. */
export interface PointLayer extends NamedLayer {
  readonly kind: 'points'
  readonly x: readonly number[]
  readonly y: readonly number[] | readonly string[]
  readonly symbol?: PointSymbol
  /** Many points, which overlap. */
  readonly faint?: boolean
}

/** A bar from `low` to `high` with a mark at `middle`, one a category. */
export interface IntervalLayer extends NamedLayer {
  readonly kind: 'interval'
  readonly category: readonly string[]
  readonly low: readonly number[]
  readonly high: readonly number[]
  readonly middle: readonly number[]
}

/** Parts of the x axis. */
export interface SpanLayer extends NamedLayer {
  readonly kind: 'span'
  readonly spans: readonly { readonly from: number; readonly to: number }[]
}

/** A straight line across the panel, at an `x` or a `y`. */
export interface RuleLayer extends NamedLayer {
  readonly kind: 'rule'
  readonly at: { readonly x: number } | { readonly y: number }
}

export type Layer = LineLayer | BandLayer | PointLayer | IntervalLayer | SpanLayer | RuleLayer

/** An axis with its unit in the label: `power (W)`. Times are unix seconds and are shown in UTC. */
export interface Axis {
  readonly label: string
  readonly scale: 'linear' | 'log' | 'time'
  /** Whether 0 is part of the axis. */
  readonly fromZero?: boolean
}

/** One picture with axes of its own. */
export interface Panel {
  readonly title?: string
  readonly x: Axis
  /** A list of categories instead of numbers, from top to bottom. */
  readonly y: Axis | readonly string[]
  readonly layers: readonly Layer[]
}

/** What is drawn: plain data, without sizes, colours and fonts. Texts may come from anywhere. */
export interface Chart {
  readonly title: string
  /** One line under the title. */
  readonly subtitle?: string
  readonly panels: readonly Panel[]
  /** Lines under the panels: what was left out, how to read it. */
  readonly notes: readonly string[]
}
