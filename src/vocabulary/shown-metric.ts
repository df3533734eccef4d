import type { Component } from '../core/energy-source.js'

/** A container as an exporter sees it. Each is one process. */
export interface ShownContainer {
  readonly id: string
  readonly pid: number
  readonly pod: string
  readonly name: string
  readonly namespace: string
  /** A counter in units of the feature. */
  usage(feature: string): number
  /** Its change per second now. */
  rate(feature: string): number
  /** Joules above idle that it caused since it started. */
  joules(component: Component): number
  /** How its work is spread over the packages; adds up to 1. */
  readonly packageShares: ArrayLike<number>
}

/** A node as an exporter sees it. */
export interface ShownNode {
  /** Its name in the label `instance`. */
  readonly instance: string
  readonly nodeType: number
  readonly cores: number
  containers(): readonly ShownContainer[]
  /** Joules by package; the platform is one unit. */
  joules(component: Component, mode: 'idle' | 'dynamic'): ArrayLike<number>
  /** Of the cores now. */
  hertz(): number
}

/** Calls for each series; `key` tells series apart and stays the same for the same labels. */
export type Emit = (key: string, labels: () => Readonly<Record<string, string>>, value: number) => void

/** A metric of an exporter: what it is called and what it says now. */
export interface ShownMetric {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  read(node: ShownNode, emit: Emit): void
}

export interface ShownOptions {
  /** Processes of a virtual machine instead of containers, and the hypervisor's energy of it. @default false */
  readonly vm?: boolean
  /** The `job` label of series that describe a virtual machine. @default 'vm' */
  readonly vmJob?: string
  /** Also how each container's CPU time is spread over the packages. @default false */
  readonly packageRatio?: boolean
  /** Also the gauge of an accelerator card. @default false */
  readonly accelerator?: boolean
}
