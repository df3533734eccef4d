import type { Component, EnergySource } from '../../core/energy-source.js'
import { selectRows } from '../../extract/dataset.js'
import type { IdlePower, IdleProfile } from '../../isolate/idle-profile.js'
import { profileOfIdleWindows } from '../../isolate/idle-windows.js'
import type { MachineData } from './datasets.js'
import type { CurrentWindow } from './windows.js'

/** One figure of a profile. */
interface Figure {
  readonly source: EnergySource
  readonly component: Component
  readonly nodeType: string
  readonly idle: IdlePower
}

/**
 * What machines draw at rest, learned from the windows in which they rested. What was learned before stays where there
 * is nothing newer, and goes where the machine has changed since.
 */
export function learnProfile(
  machines: readonly MachineData[],
  currentWindowOf: (data: MachineData) => CurrentWindow,
  before: IdleProfile | undefined,
): IdleProfile | undefined {
  const figures = new Map(figuresOf(before).map((figure) => [keyOf(figure), figure]))
  const renewed = new Set<string>()
  for (const data of machines) {
    const dataset = largest(data)
    if (dataset === undefined) continue
    const { isCurrent, driftingSince } = currentWindowOf(data)
    const found = profileOfIdleWindows(selectRows(dataset, (row) => isCurrent(dataset.timestamps[row]!)))
    if (found === undefined && driftingSince !== undefined) {
      const types = new Set([...dataset.nodeTypes].map(String))
      for (const [key, { source, nodeType }] of figures) {
        if (source === data.source && types.has(nodeType)) figures.delete(key)
      }
    }
    for (const figure of figuresOf(found)) {
      const key = keyOf(figure)
      const other = renewed.has(key) ? figures.get(key)?.idle : undefined
      figures.set(key, other ? { ...figure, idle: wider(figure.idle, other) } : figure)
      renewed.add(key)
    }
  }
  return figures.size > 0 ? profileOf([...figures.values()]) : undefined
}

/** The dataset of most features: it tells the most ways of being busy. */
function largest({ node }: MachineData) {
  return [...node.values()].sort((a, b) => b.features.length - a.features.length)[0]
}

function figuresOf(profile: IdleProfile | undefined): readonly Figure[] {
  return Object.entries(profile?.power ?? {}).flatMap(([source, components]) =>
    Object.entries(components ?? {}).flatMap(([component, byType]) =>
      Object.entries(byType ?? {}).map(([nodeType, idle]) => {
        // The keys of a profile are checked when it is read; Object.entries forgets that.
        return { source: source as EnergySource, component: component as Component, nodeType, idle }
      }),
    ),
  )
}

function profileOf(figures: readonly Figure[]): IdleProfile {
  const power: Partial<Record<EnergySource, Partial<Record<Component, Record<string, IdlePower>>>>> = {}
  for (const { source, component, nodeType, idle } of figures) {
    power[source] = { ...power[source], [component]: { ...power[source]?.[component], [nodeType]: idle } }
  }
  return { format: 'kepler-idle-profile/1', containers: [], power }
}

function keyOf({ source, component, nodeType }: Figure): string {
  return `${source}/${component}/${nodeType}`
}

function wider(a: IdlePower, b: IdlePower): IdlePower {
  return { lowest: Math.min(a.lowest, b.lowest), highest: Math.max(a.highest, b.highest), units: a.units }
}
