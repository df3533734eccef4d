import type { Component, EnergySource } from '../../core/energy-source.js'
import { selectRows } from '../../extract/dataset.js'
import type { IdlePower, IdleProfile } from '../../isolate/idle-profile.js'
import { profileOfIdleWindows } from '../../isolate/idle-windows.js'
import type { MachineData } from './datasets.js'
import type { CurrentWindow } from './windows.js'

/** The idle power of one component of one node type. */
interface ProfileEntry {
  readonly source: EnergySource
  readonly component: Component
  readonly nodeType: string
  readonly idle: IdlePower
}

/** Learns from one machine after the other. */
export interface ProfileLearner {
  add(data: MachineData, window: CurrentWindow): void
  profile(): IdleProfile | undefined
}

/**
 * The idle power of machines, measured in the windows in which they were idle. Entries of `before` stay where there is
 * nothing newer, and are removed where the machine has changed since.
 */
export function profileLearner(before: IdleProfile | undefined): ProfileLearner {
  const entries = new Map(entriesOf(before).map((entry) => [keyOf(entry), entry]))
  const renewed = new Set<string>()
  const add = (data: MachineData, { isCurrent, driftingSince }: CurrentWindow) => {
    const dataset = largest(data)
    if (dataset === undefined) return
    const found = profileOfIdleWindows(selectRows(dataset, (row) => isCurrent(dataset.timestamps[row]!)))
    if (found === undefined && driftingSince !== undefined) {
      const types = new Set([...dataset.nodeTypes].map(String))
      for (const [key, { source, nodeType }] of entries) {
        if (source === data.source && types.has(nodeType)) entries.delete(key)
      }
    }
    for (const entry of entriesOf(found)) {
      const key = keyOf(entry)
      const other = renewed.has(key) ? entries.get(key)?.idle : undefined
      entries.set(key, other ? { ...entry, idle: wider(entry.idle, other) } : entry)
      renewed.add(key)
    }
  }
  return { add, profile: () => (entries.size > 0 ? profileFrom([...entries.values()]) : undefined) }
}

/**
 * The dataset with the most features: a machine is idle when none of them shows load. Not of NodeOS, whose load and memory
 * are never 0.
 */
function largest({ node }: MachineData) {
  const [first] = [...node]
    .filter(([group]) => group !== 'NodeOS')
    .sort(([, a], [, b]) => b.features.length - a.features.length)
  return first?.[1]
}

function entriesOf(profile: IdleProfile | undefined): readonly ProfileEntry[] {
  return Object.entries(profile?.power ?? {}).flatMap(([source, components]) =>
    Object.entries(components ?? {}).flatMap(([component, byType]) =>
      Object.entries(byType ?? {}).map(([nodeType, idle]) => {
        // The keys of a profile are checked when it is read; Object.entries forgets that.
        return { source: source as EnergySource, component: component as Component, nodeType, idle }
      }),
    ),
  )
}

function profileFrom(entries: readonly ProfileEntry[]): IdleProfile {
  const power: IdleProfile['power'] = {}
  for (const { source, component, nodeType, idle } of entries) {
    power[source] = { ...power[source], [component]: { ...power[source]?.[component], [nodeType]: idle } }
  }
  return { format: 'kepler-idle-profile/1', containers: [], power }
}

function keyOf({ source, component, nodeType }: ProfileEntry): string {
  return `${source}/${component}/${nodeType}`
}

function wider(a: IdlePower, b: IdlePower): IdlePower {
  return { lowest: Math.min(a.lowest, b.lowest), highest: Math.max(a.highest, b.highest), units: a.units }
}
